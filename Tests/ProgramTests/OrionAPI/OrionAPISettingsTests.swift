import Foundation
import Testing

@Suite("orion-api's settings", .timeLimit(.minutes(2)))
struct OrionAPISettingsTests {
    @Test("It says one line when it is ready, keeps its state below the working directory, and ends with 0")
    func defaults() async throws {
        for number in [SIGTERM, SIGINT] {
            try await withFolder { folder in
                let (program, port) = try await ServerProgram.listening(in: folder)
                #expect(try await ask(port, "/health").body == #"{"status":"ok"}"#)
                #expect(FileManager.default.fileExists(atPath: folder.appending(path: ".orion/state.sqlite").path))
                program.signal(number)
                let ending = await program.ending()
                #expect(ending.status == 0)
                #expect(ending.output == "orion-api listening on http://127.0.0.1:\(port)\n")
            }
        }
    }

    @Test("Settings come from the environment, a flag goes first")
    func environment() async throws {
        try await withFolder { folder in
            let environment = [
                "ORION_PORT": "none", "ORION_STATE_DB": "memory:", "ORION_HEARTBEAT_TIMEOUT": "6", "ORION_HOST": "",
                "ORION_LOG_FORMAT": "json", "ORION_LOG_LEVEL": "debug",
            ]
            let (program, _) = try await ServerProgram.listening(environment: environment, in: folder)
            #expect(!FileManager.default.fileExists(atPath: folder.appending(path: ".orion").path))
            let ending = await program.stop()
            #expect(ending.status == 0)
            let lines = ending.errors.split(separator: "\n")
            #expect(!lines.isEmpty)
            for line in lines {
                #expect((try? JSONSerialization.jsonObject(with: Data(line.utf8))) is [String: Any])
            }
        }
    }

    @Test(
        "A value that cannot be used ends it with one line that names setting, value and way out",
        arguments: [
            Refused(["--port", "65536"], 64, "--port \"65536\""),
            Refused(["--port", "-1"], 64, "--port \"-1\": give a port from 0"),
            Refused(["--port", "http"], 64, "--port \"http\""),
            Refused([], ["ORION_PORT": "-1"], 64, "ORION_PORT \"-1\""),
            Refused(["--host", "no.such.host.invalid"], 64, "--host"),
            Refused(["--host", ""], 64, "--host"),
            Refused(["--host", "0.0.0.0"], 78, "--insecure-allow-anonymous"),
            Refused([], ["ORION_HOST": "::"], 78, "--insecure-allow-anonymous"),
            Refused([], ["ORION_INSECURE_ALLOW_ANONYMOUS": "perhaps"], 64, "true or false"),
            Refused(["--heartbeat-interval", "0"], 64, "--heartbeat-interval \"0\""),
            Refused(["--heartbeat-interval", "nan"], 64, "--heartbeat-interval"),
            Refused(["--heartbeat-timeout=-5"], 64, "--heartbeat-timeout"),
            Refused([], ["ORION_HEARTBEAT_TIMEOUT": "5s"], 64, "ORION_HEARTBEAT_TIMEOUT \"5s\""),
            Refused(["--state-db", "memory"], 64, "--state-db \"memory\": give memory:"),
            Refused(["token"], 78, "not built yet"),
            Refused(["token", "create", "--role", "admin"], 78, "not built yet"),
            Refused(["--log-level", "loud"], 64, "warning"),
            Refused(["--log-format", "xml"], 64, "text, json"),
            Refused(["--state-db", "postgres://host/db"], 64, "--state-db \"postgres://host/db\""),
            Refused(["--state-db", "mongodb://host/db"], 78, "not built yet"),
            Refused([], ["ORION_STATE_DB": "mongodb+srv://host/db"], 78, "not built yet"),
            Refused(["--tls-cert", "a.pem"], 64, "--tls-cert \"a.pem\": give the file of its private key too"),
            Refused(["--tls-key", "a.pem"], 64, "--tls-key \"a.pem\": give the file of its certificate too"),
            Refused(["--tls-cert", "a.pem", "--tls-key", "b.pem"], 78, "--tls-cert \"a.pem\": No such file"),
            Refused([], ["ORION_TLS_CLIENT_CA": "a.pem"], 64, "ORION_TLS_CLIENT_CA \"a.pem\": give --tls-cert"),
            Refused(["--host", "0.0.0.0"], 78, "ask every client for a certificate with --tls-client-ca"),
            Refused(["dev-certs", "/no/such/folder"], 74, "/no/such/folder: No such file or directory"),
            Refused(["--auth-secret-file", "key"], 78, "not built yet"),
            Refused(["--auth-jwks", "jwks.json"], 78, "not built yet"),
        ])
    func refused(_ refused: Refused) async throws {
        try await withFolder { folder in
            let ending = try await ServerProgram.run(
                refused.arguments, environment: refused.environment, in: folder)
            #expect(ending.status == refused.status)
            #expect(ending.errors.contains(refused.text))
            #expect(ending.errors.hasPrefix("orion-api: "))
            #expect(ending.errors.count { $0 == "\n" } == 1)
            #expect(ending.output.isEmpty)
        }
    }

    @Test("--version says which it is")
    func version() async throws {
        try await withFolder { folder in
            let ending = try await ServerProgram.run(["--version"], in: folder)
            #expect(ending.status == 0)
            #expect(ending.output.wholeMatch(of: /orion-api \d+\.\d+\.\d+\n/) != nil)
        }
    }

    @Test("An unknown flag is 64", arguments: ["--prot", "tokens"])
    func unknown(argument: String) async throws {
        try await withFolder { folder in
            let ending = try await ServerProgram.run([argument], in: folder)
            #expect(ending.status == 64)
            #expect(ending.errors.contains(argument))
        }
    }

    @Test(
        "Another address is bound where that is allowed in so many words; localhost needs no word",
        arguments: [
            (["--host", "0.0.0.0", "--insecure-allow-anonymous"], [:], "0.0.0.0"),
            ([], ["ORION_HOST": "0.0.0.0", "ORION_INSECURE_ALLOW_ANONYMOUS": "true"], "0.0.0.0"),
            (["--host", "localhost"], [:], "127.0.0.1"),
        ] as [([String], [String: String], String)])
    func anonymous(arguments: [String], environment: [String: String], host: String) async throws {
        try await withFolder { folder in
            let (program, port) = try await ServerProgram.listening(arguments, environment: environment, in: folder)
            #expect(program.output == "orion-api listening on http://\(host):\(port)\n")
            #expect(try await ask(port, "/health").status == 200)
            #expect(await program.stop().status == 0)
        }
    }

    @Test("An address of another machine ends it with 78 and one line")
    func foreignAddress() async throws {
        try await withFolder { folder in
            let arguments = ["--host", "203.0.113.7", "--insecure-allow-anonymous"]
            let ending = try await ServerProgram.run(arguments, in: folder)
            #expect(ending.status == 78)
            #expect(ending.errors.hasPrefix("orion-api: --host \"203.0.113.7\": this machine does not have"))
            #expect(ending.errors.count { $0 == "\n" } == 1)
        }
    }

    @Test("A port that is taken ends it with 78 and one line")
    func portInUse() async throws {
        try await withFolder { folder in
            let (first, port) = try await ServerProgram.listening(["--state-db", "memory:"], in: folder)
            try await withFolder { other in
                let ending = try await ServerProgram.run(["--port", "\(port)"], in: other)
                #expect(ending.status == 78)
                #expect(ending.errors.hasPrefix("orion-api: --port \"\(port)\": another program listens there"))
                #expect(ending.errors.count { $0 == "\n" } == 1)
                #expect(ending.output.isEmpty)
            }
            #expect(await first.stop().status == 0)
        }
    }
}

/// A start that is refused.
struct Refused: Sendable, CustomTestStringConvertible {
    let arguments: [String]
    let environment: [String: String]
    let status: Int32
    let text: String

    init(_ arguments: [String], _ status: Int32, _ text: String) { self.init(arguments, [:], status, text) }

    init(_ arguments: [String], _ environment: [String: String], _ status: Int32, _ text: String) {
        self.arguments = arguments
        self.environment = environment
        self.status = status
        self.text = text
    }

    var testDescription: String {
        (environment.map { "\($0.key)=\($0.value)" } + arguments).joined(separator: " ")
    }
}
