import Foundation
import OrionCore
import Synchronization
import Testing

@Suite("orion-api's state", .timeLimit(.minutes(3)))
struct OrionAPIStateTests {
    @Test("Two servers on one file: the second ends with 74, the first serves on")
    func heldByAnother() async throws {
        try await withFolder { folder in
            let file = folder.appending(path: "state.sqlite").path
            let (first, port) = try await ServerProgram.listening(["--state-db", file], in: folder)
            try await withFolder { other in
                let ending = try await ServerProgram.run(["--port", "0", "--state-db", file], in: other)
                #expect(ending.status == 74)
                expectOneLine(ending, names: file)
            }
            #expect(try await ask(port, "/health").status == 200)
            #expect(await first.stop().status == 0)
        }
    }

    @Test("A file that cannot be used ends it with 74 and is left as it was")
    func unusable() async throws {
        try await withFolder { folder in
            let file = folder.appending(path: "notes.txt")
            try Data("These are my notes, not a database.\n".utf8).write(to: file)
            let missing = folder.appending(path: "missing/state.sqlite")
            // Not even root makes a file there.
            for path in [file.path, missing.path, folder.path, "/sys/state.sqlite"] {
                let ending = try await ServerProgram.run(["--port", "0", "--state-db", path], in: folder)
                #expect(ending.status == 74)
                expectOneLine(ending, names: path)
            }
            #expect(try Data(contentsOf: file) == Data("These are my notes, not a database.\n".utf8))
        }
    }

    @Test("A damaged file ends it with 74 and is left as it was")
    func damaged() async throws {
        try await withFolder { folder in
            let file = folder.appending(path: "state.sqlite")
            let (program, port) = try await ServerProgram.listening(["--state-db", file.path], in: folder)
            for number in 0..<50 {
                let answer = try await ask(port, "/api/apply", post: document("s\(number)", config: "c\(number)"))
                #expect(answer.status == 202)
            }
            #expect(await program.stop().status == 0)
            var bytes = try Data(contentsOf: file)
            bytes.replaceSubrange(4096..<bytes.count, with: Data(repeating: 0xA5, count: bytes.count - 4096))
            try bytes.write(to: file)
            let ending = try await ServerProgram.run(["--port", "0", "--state-db", file.path], in: folder)
            #expect(ending.status == 74)
            expectOneLine(ending, names: file.path)
            #expect(try Data(contentsOf: file) == bytes)
        }
    }

    @Test("What was applied is there after a restart")
    func restart() async throws {
        try await withFolder { folder in
            let (first, port) = try await ServerProgram.listening(in: folder)
            #expect(try await ask(port, "/api/apply", post: document("web")).status == 202)
            let before = try await ask(port, "/api/services/web").body
            #expect(await first.stop().status == 0)
            let (second, newPort) = try await ServerProgram.listening(in: folder)
            #expect(try await ask(newPort, "/api/services/web").body == before)
            #expect(await second.stop().status == 0)
        }
    }

    @Test("After kill -9 in a storm of applies, every one that was acknowledged is there")
    func storm() async throws {
        try await withFolder { folder in
            let acknowledged = Acknowledged()
            for round in 0..<3 {
                let (program, port) = try await ServerProgram.listening(in: folder)
                try await expectAll(acknowledged.names, at: port)
                let enough = 150 * (round + 1)
                await withTaskGroup(of: Void.self) { tasks in
                    for client in 0..<16 {
                        tasks.addTask {
                            var number = 0
                            while true {
                                let name = "r\(round)-c\(client)-\(number)"
                                number += 1
                                let answer = try? await ask(port, "/api/apply", post: document(name, config: name))
                                // The connection is gone: so is the server.
                                guard answer?.status == 202 else { return }
                                if acknowledged.add(name) == enough { program.signal(SIGKILL) }
                            }
                        }
                    }
                }
                #expect(await program.ending().status == -SIGKILL)
            }
            let (program, port) = try await ServerProgram.listening(in: folder)
            try await expectAll(acknowledged.names, at: port)
            #expect(await program.stop().status == 0)
        }
    }

    @Test("A document may have 16 MiB, and not a byte more", arguments: [(16 << 20, "100"), ((16 << 20) + 1, "413")])
    func bodyLimit(bytes: Int, status: String) async throws {
        try await withFolder { folder in
            let (program, port) = try await ServerProgram.listening(["--state-db", "memory:"], in: folder)
            let socket = try StalledRequest(port: port, bytes: bytes)
            #expect(socket.readLine().hasPrefix("HTTP/1.1 \(status)"))
            socket.close()
            #expect(await program.stop().status == 0)
        }
    }

    @Test("A second signal ends it at once, whatever a client holds open")
    func secondSignal() async throws {
        try await withFolder { folder in
            let (program, port) = try await ServerProgram.listening(in: folder)
            let socket = try StalledRequest(port: port, bytes: 100)
            defer { socket.close() }
            // The server has read the head once it asks for the rest.
            #expect(socket.readLine().hasPrefix("HTTP/1.1 100"))
            program.signal(SIGTERM)
            while !program.errors.contains("Stopping gracefully") { try await Task.sleep(for: .milliseconds(5)) }
            program.signal(SIGTERM)
            #expect(await program.ending().status == 128 + SIGTERM)
        }
    }

    private func expectAll(_ names: Set<String>, at port: Int) async throws {
        let list = try OrionJSON.parse(Array(try await ask(port, "/api/services").body.utf8))
        guard case .object(let members) = list, case .array(let items)? = members["items"] else {
            Issue.record("no list")
            return
        }
        var found: Set<String> = []
        for case .object(let record) in items {
            if case .string(let name)? = record["name"] { found.insert(name) }
        }
        #expect(names.subtracting(found).isEmpty)
    }

    private func expectOneLine(_ ending: ServerProgram.Ending, names value: String) {
        #expect(ending.errors.hasPrefix("orion-api: --state-db \"\(value)\": "))
        #expect(ending.errors.count { $0 == "\n" } == 1)
        #expect(ending.output.isEmpty)
    }
}

/// What a server has answered with 202.
private final class Acknowledged: Sendable {
    private let state = Mutex<Set<String>>([])

    var names: Set<String> { state.withLock { $0 } }

    /// Adds one, and says how many there are.
    func add(_ name: String) -> Int {
        state.withLock { names in
            names.insert(name)
            return names.count
        }
    }
}
