import Foundation
import OrionClient
import OrionCore
import OrionTLS
import Testing

/// The three programs over mutual TLS, with the certificates that `orion-api dev-certs` makes.
@Suite struct TLSProgramTests {
    private static let authority = ["--tls-ca", "certs/ca.pem"]
    private static let shown = authority + ["--tls-cert", "certs/client.pem", "--tls-key", "certs/client-key.pem"]

    @Test func everyoneShowsACertificate() async throws {
        try await withFolder { folder in
            try makeCertificates(in: folder)
            let (server, port) = try await serve(in: folder)
            #expect(server.output == "orion-api listening on https://127.0.0.1:\(port)\n")
            let agent = try connect(to: port, showing: Self.shown, data: "data", in: folder)
            try await eventually("the node is ready: \(agent.log)") { try await isReady(port, in: folder) }

            let address = ["--server", "https://localhost:\(port)"]
            let nodes = try await OrionRun.of(["get", "nodes"] + address + Self.shown, in: folder)
            #expect(nodes.status == 0, "\(nodes.errors)")
            #expect(nodes.output.contains("one"))
            let variables = [
                "ORION_API": "https://localhost:\(port)", "ORION_TLS_CA": "certs/ca.pem",
                "ORION_TLS_CERT": "certs/client.pem", "ORION_TLS_KEY": "certs/client-key.pem",
            ]
            #expect(try await OrionRun.of(["get", "nodes"], in: folder, environment: variables).status == 0)

            let bare = try await OrionRun.of(["get", "nodes"] + address + Self.authority, in: folder)
            #expect(bare.status == 69)
            #expect(bare.errors.contains("the server asks for a certificate, and none was shown"), "\(bare.errors)")
            let trusting = try await OrionRun.of(["get", "nodes"] + address, in: folder)
            #expect(trusting.errors.contains("signed by no authority that is trusted here"), "\(trusting.errors)")
            let stranger = try connect(to: port, showing: Self.authority, data: "other", in: folder)
            try await eventually("the agent says why: \(stranger.log)") {
                stranger.log.contains("the server asks for a certificate, and none was shown")
            }
            #expect(server.errors.contains("the client shows no certificate, and one is asked for"))
            await stop([agent, stranger], server)
        }
    }

    @Test func readsItsFilesAnewAtSIGHUP() async throws {
        try await withFolder { folder in
            try makeCertificates(in: folder)
            let (server, port) = try await serve(in: folder)
            let agent = try connect(to: port, showing: Self.shown, data: "data", in: folder)
            try await eventually("the node is ready: \(agent.log)") { try await isReady(port, in: folder) }
            let (authority, certificate) = (text("ca.pem", in: folder), text("server.pem", in: folder))
            try makeCertificates(in: folder)
            #expect(text("ca.pem", in: folder) == authority)
            #expect(text("server.pem", in: folder) != certificate)
            server.signal(SIGHUP)
            try await eventually("it says so: \(server.errors)") { server.errors.contains("were read anew") }
            #expect(try await isReady(port, in: folder))

            try Data("no certificate".utf8).write(to: folder.appending(path: "certs/server.pem"))
            server.signal(SIGHUP)
            try await eventually("it says so: \(server.errors)") { server.errors.contains("cannot be read anew") }
            #expect(try await isReady(port, in: folder))
            #expect(!agent.log.contains("cannot be reached"))
            await stop([agent], server)
        }
    }

    // MARK: Parts

    private func makeCertificates(in folder: URL) throws {
        let program = try RunningProgram("orion-api", ["dev-certs", "certs"], in: folder)
        try #require(program.end() == 0, "\(program.log)")
        var key = stat()
        #expect(stat(folder.appending(path: "certs/server-key.pem").path, &key) == 0)
        #expect(key.st_mode & 0o777 == 0o600)
    }

    private func serve(in folder: URL) async throws -> (ServerProgram, Int) {
        let (program, port) = try await ServerProgram.listening(
            [
                "--state-db", "memory:", "--tls-cert", "certs/server.pem", "--tls-key", "certs/server-key.pem",
                "--tls-client-ca", "certs/ca.pem",
            ], in: folder)
        return (program, port)
    }

    private func connect(
        to port: Int, showing files: [String], data: String, in folder: URL
    ) throws -> RunningProgram {
        try RunningProgram(
            "orion-agent",
            ["--control-plane", "wss://localhost:\(port)/ws", "--name", "one", "--data-dir", data] + files, in: folder)
    }

    private func isReady(_ port: Int, in folder: URL) async throws -> Bool {
        func path(_ name: String) -> String { folder.appending(path: "certs/\(name).pem").path }
        let files = TLSFiles(certificate: path("client"), key: path("client-key"), authority: path("ca"))
        let nodes = try await OrionClient(server: "https://localhost:\(port)", tls: files).nodes()
        return nodes.first?.status == .ready
    }

    private func text(_ name: String, in folder: URL) -> String {
        (try? String(contentsOf: folder.appending(path: "certs/\(name)"), encoding: .utf8)) ?? ""
    }

    private func eventually(
        _ what: @autoclosure () -> Comment, _ condition: () async throws -> Bool
    ) async throws {
        let deadline = ContinuousClock.now + .seconds(30)
        while try await !condition() {
            try #require(ContinuousClock.now < deadline, what())
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    private func stop(_ agents: [RunningProgram], _ server: ServerProgram) async {
        for agent in agents {
            agent.signal(SIGTERM)
            #expect(agent.end() == 0)
        }
        #expect(await server.stop().status == 0)
    }
}
