import Foundation
import Testing

/// The `orion` program as people run it: what it prints where, and its exit status. No server is needed for these.
@Suite struct OrionProgramTests {
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("orion-program-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    @Test func `init writes a document that validate accepts, and never writes over one`() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let first = try await orion("init")
        #expect(first.status == 0)
        let file = folder.appendingPathComponent("orion.yaml")
        let text = try String(contentsOf: file, encoding: .utf8)

        let second = try await orion("init")
        #expect(second.status == 1)
        #expect(second.errors == "error: orion.yaml is already there and was left alone: name another file\n")
        #expect(try String(contentsOf: file, encoding: .utf8) == text)

        let valid = try await orion("validate", "-f", "orion.yaml")
        #expect(valid.status == 0)
        #expect(valid.output == "orion.yaml is valid: 1 service (ticker)\n")
        #expect(valid.errors.isEmpty)
    }

    @Test func `validate reads standard input, and gives every issue with its line`() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let document = """
            apiVersion: orion/v1
            kind: Config
            spec:
              services:
                - name: web
                  replicas: -1
                  replica: 3
            """
        let run = try await orion("validate", "-f", "-", input: document)
        #expect(run.status == 1)
        #expect(run.output.isEmpty)
        let lines = run.errors.split(separator: "\n")
        #expect(lines.first == "error: standard input is not valid: 2 issues")
        #expect(lines.contains { $0.hasPrefix("  standard input:6  spec.services[0].replicas: ") })
        #expect(
            lines.contains { $0.hasPrefix("  standard input:7  spec.services[0].replica: ") && $0.contains("replicas") }
        )
    }

    @Test func `a file that is not there is named, with what to do`() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let run = try await orion("apply", "-f", "nothing.yaml")
        #expect(run.status == 1)
        #expect(
            run.errors
                == "error: cannot read nothing.yaml: No such file or directory; 'orion init' writes an example\n")
    }

    @Test func `wrong usage is 64`() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        for arguments in [
            ["frobnicate"], ["get", "pods"], ["scale", "web", "-1"], ["apply"], ["delete", "pod", "x"],
        ] {
            let run = try await orion(arguments)
            #expect(run.status == 64, "\(arguments)")
            #expect(run.output.isEmpty)
            #expect(run.errors.contains("Usage: orion"), "\(arguments)")
        }
    }

    @Test func `a server that cannot be reached is 69, and its address is named`() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        // Port 1 is reserved, and nobody listens there.
        for arguments in [["get", "services"], ["restart", "web"], ["drain", "alpha"]] {
            let run = try await orion(arguments + ["--server", "http://127.0.0.1:1"])
            #expect(run.status == 69, "\(arguments)")
            #expect(run.errors.hasPrefix("error: cannot reach orion-api at http://127.0.0.1:1: connection refused"))
        }
        let misspelt = try await orion(["get", "nodes", "--server", "ftp://a"])
        #expect(misspelt.status == 64)
        let byEnvironment = try await orion(["get", "nodes"], environment: ["ORION_API": "127.0.0.1:1"])
        #expect(byEnvironment.status == 69)
        #expect(byEnvironment.errors.contains("http://127.0.0.1:1"))
    }

    @Test func `help and version are for standard output`() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        for arguments in [["--help"], ["help", "apply"], ["get", "--help"], ["--version"]] {
            let run = try await orion(arguments)
            #expect(run.status == 0)
            #expect(!run.output.isEmpty)
            #expect(run.errors.isEmpty)
        }
    }

    private func orion(_ arguments: String..., input: String = "") async throws -> OrionRun {
        try await OrionRun.of(arguments, in: folder, input: input)
    }

    private func orion(_ arguments: [String], environment: [String: String] = [:]) async throws -> OrionRun {
        try await OrionRun.of(arguments, in: folder, environment: environment)
    }
}
