import NIOCore
import OrionClient
import OrionTLS
import OrionWS
import Testing

/// Who is not let in, and what each side says of it.
@Suite struct RefusalTests {
    private let box: CertificateBox

    init() throws { box = try CertificateBox() }

    /// Connects, which must fail.
    private func refused(
        _ server: SecureServer, _ files: TLSFiles, host: String = "127.0.0.1"
    ) async throws -> WebSocketConnectError? {
        do {
            let (socket, _) = try await server.connect(files, host: host)
            socket.close(code: 1000, reason: "")
            return nil
        } catch let error as WebSocketConnectError {
            return error
        }
    }

    // MARK: A client refuses the server

    @Test func clientRefusesAnExpiredCertificate() async throws {
        try box.makeServer(validSeconds: -7200 ..< -3600)
        try await SecureServer.run(box.server()) { server in
            let error = try await refused(server, box.client())
            #expect(error?.code == .insecure(.expired))
            #expect(error?.description.contains("the server's certificate expired at 20") == true)
            #expect(await server.log.next()?.contains("the client refuses our certificate: it has expired") == true)
        }
    }

    @Test func clientRefusesACertificateOfTomorrow() async throws {
        try box.makeServer(validSeconds: 3600..<7200)
        try await SecureServer.run(box.server()) { server in
            let error = try await refused(server, box.client())
            #expect(error?.code == .insecure(.notYetValid))
            #expect(error?.description.contains("is not valid before 20") == true)
            #expect(await server.log.next()?.contains("the client refuses our certificate") == true)
        }
    }

    @Test func clientRefusesAnUnknownAuthority() async throws {
        try box.makeServer()
        try await SecureServer.run(box.server()) { server in
            let error = try await refused(server, box.client(trusting: "stranger"))
            #expect(error?.code == .insecure(.unknownAuthority))
            #expect(error?.description.contains("signed by no authority that is trusted here for a server's") == true)
            #expect(await server.log.next()?.contains("signed by no authority that the client trusts") == true)
            // Nor are those of the system the one that signed it.
            #expect(try await refused(server, TLSFiles())?.code == .insecure(.unknownAuthority))
        }
    }

    @Test func clientRefusesACertificateForClients() async throws {
        try box.makeClient()
        let tls = try TLSServer(certificate: box.path("client.pem"), key: box.path("client-key.pem"))
        try await SecureServer.run(tls) { server in
            let error = try await refused(server, box.client())
            #expect(error?.code == .insecure(.unknownAuthority))
            let line = await server.log.next()
            #expect(line?.contains("the client refuses our certificate") == true, "\(line ?? "")")
        }
    }

    @Test func clientRefusesAnotherHost() async throws {
        try box.makeServer(hosts: ["orion.example", "192.0.2.7", "2001:db8::1"])
        try await SecureServer.run(box.server()) { server in
            for host in ["127.0.0.1", "localhost"] {
                let error = try await refused(server, box.client(), host: host)
                #expect(error?.code == .insecure(.wrongHost))
                let text = "the server's certificate is for orion.example, 192.0.2.7, 2001:db8::1, not for \(host)"
                #expect(error?.description.contains(text) == true)
            }
        }
    }

    // MARK: A server refuses the client

    @Test func serverRefusesAMissingCertificate() async throws {
        try box.makeServer()
        try await SecureServer.run(box.server(mutual: true)) { server in
            let error = try await refused(server, box.client())
            #expect(error?.code == .insecure(.missing))
            #expect(error?.description.contains("the server asks for a certificate, and none was shown") == true)
            #expect(await server.log.next()?.contains("the client shows no certificate, and one is asked for") == true)
        }
    }

    @Test func serverRefusesAnExpiredCertificate() async throws {
        try box.makeServer()
        try box.makeClient(validSeconds: -7200 ..< -3600)
        try await SecureServer.run(box.server(mutual: true)) { server in
            let error = try await refused(server, box.client(showing: true))
            #expect(error?.code == .insecure(.expired))
            #expect(error?.description.contains("the server refuses our certificate: it has expired") == true)
            #expect(await server.log.next()?.contains("the client's certificate expired at 20") == true)
        }
    }

    @Test func serverRefusesACertificateOfTomorrow() async throws {
        try box.makeServer()
        try box.makeClient(validSeconds: 3600..<7200)
        try await SecureServer.run(box.server(mutual: true)) { server in
            let error = try await refused(server, box.client(showing: true))
            // One alert stands for both (RFC 8446 §6.2).
            #expect(error?.code == .insecure(.expired))
            #expect(error?.description.contains("it has expired, or is not valid yet") == true)
            #expect(await server.log.next()?.contains("the client's certificate is not valid before 20") == true)
        }
    }

    @Test func serverRefusesACertificateForServers() async throws {
        try box.makeServer()
        try await SecureServer.run(box.server(mutual: true)) { server in
            let files = TLSFiles(
                certificate: box.path("server.pem"), key: box.path("server-key.pem"), authority: box.path("ca.pem"))
            let error = try await refused(server, files)
            #expect(error?.code == .insecure(.unacceptable) || error?.code == .insecure(.unknownAuthority))
            #expect(error?.description.contains("the server refuses our certificate") == true)
            let line = await server.log.next()
            let text = "signed by no authority that is trusted here for a client's"
            #expect(line?.contains(text) == true, "\(line ?? "")")
        }
    }

    @Test func serverRefusesAnUnknownAuthority() async throws {
        try box.makeServer()
        try box.makeClient(by: box.stranger)
        try await SecureServer.run(box.server(mutual: true)) { server in
            let error = try await refused(server, box.client(showing: true))
            #expect(error?.code == .insecure(.unknownAuthority))
            #expect(error?.description.contains("signed by no authority that the server trusts") == true)
            let line = await server.log.next()
            #expect(line?.contains("signed by no authority that is trusted here for a client's") == true)
            #expect(line?.contains("--tls-client-ca") == true)
        }
    }

    // MARK: No TLS

    @Test func clientSaysThatTheServerSpeaksNone() async throws {
        try await SecureServer.run(nil) { server in
            let error = try await refused(server, box.client())
            #expect(error?.code == .insecure(.notTLS))
            #expect(error?.description.contains("the server does not speak TLS") == true)
        }
    }

    @Test func serverSaysThatTheClientSpeaksNone() async throws {
        try box.makeServer()
        try await SecureServer.run(box.server()) { server in
            let url = try WebSocketURL("ws://127.0.0.1:\(server.port)/ws")
            let error = await #expect(throws: WebSocketConnectError.self) {
                try await WebSocketClient.connect(to: url, group: SecureServer.group, handler: Ear())
            }
            #expect(error?.description.contains("this port speaks TLS: use https:// or wss://") == true)
            #expect(await server.log.next()?.contains("the client does not speak TLS") == true)
        }
    }

    /// However much it has to say.
    @Test(arguments: ["GET", "PUT", "POST", "DELETE", "PATCH", "OPTIONS", "CONNECT"])
    func serverTellsWhoeverSpeaksNone(method: String) async throws {
        try box.makeServer()
        try await SecureServer.run(box.server()) { server in
            let body = String(repeating: "x", count: 1_000_000)
            let answer = try await server.answer(
                to: "\(method) /health HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n\(body)")
            #expect(answer.hasPrefix("HTTP/1.1 400 "), "\(answer)")
            #expect(answer.contains("this port speaks TLS: use https:// or wss:// instead of http:// or ws://"))
        }
    }

    @Test func clientsOfTheAPIAreTold() async throws {
        try box.makeServer()
        try await SecureServer.run(box.server()) { server in
            let client = try OrionClient(server: "http://127.0.0.1:\(server.port)")
            let read = await #expect(throws: ClientError.self) { try await client.health() }
            let change = await #expect(throws: ClientError.self) { try await client.delete(node: "one") }
            for error in [read, change] {
                #expect(error?.message.contains("this port speaks TLS") == true, "\(error?.message ?? "")")
            }
        }
    }
}
