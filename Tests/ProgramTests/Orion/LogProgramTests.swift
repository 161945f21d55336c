import Foundation
import OrionClient
import OrionCore
import Testing

/// Logs with the real programs.
@Suite(.timeLimit(.minutes(2))) struct LogProgramTests {
    static let counter = "i=0; while :; do echo line $i; i=$((i+1)); sleep 0.002; done"

    /// The number of the last line, checked to be one more than that of the line before.
    private struct Count {
        var next = 0
        var id: String?

        mutating func see(_ event: LogEvent) throws {
            if let id = event.id { self.id = id }
            guard case .line(let text, _, _) = event.content else { return }
            try #require(text == "line \(next)")
            next += 1
        }
    }

    @Test func aKilledAgentLosesAndRepeatsNoLine() async throws {
        let bench = try AgentBench()
        let first = try bench.agent()
        try await bench.apply(1, script: Self.counter)
        try await bench.ready(1)
        let selection = LogSelection(tail: .all, follows: true)
        var count = Count()
        var second: RunningProgram?
        for try await event in try await bench.client.logs(of: "web", selection) {
            try count.see(event)
            if count.next == 200, second == nil {
                first.signal(SIGKILL)
                first.end()
                second = try bench.agent()
            }
            if count.next == 600 { break }
        }
        // And a client that comes back goes on where it was.
        let goal = count.next + 200
        while count.next < goal {
            do {
                for try await event in try await bench.client.logs(of: "web", selection, after: count.id) {
                    try count.see(event)
                    if count.next == goal { break }
                }
            } catch let error as ClientError where error.code == .failed(status: 503) {
                // Told to try again: all that was read so far was there before the first agent was killed.
                try await Task.sleep(for: .milliseconds(20))
            }
        }
        second?.signal(SIGTERM)
        #expect(second?.end() == 0)
    }

    /// `orion logs -f` waits for an orion-api that is gone, and goes on where it was.
    @Test func theCommandOutlivesTheControlPlane() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("orion-logs-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let state = ["--state-db", folder.appendingPathComponent("state.sqlite").path]
        let output = Pipe()
        let first = try RunningProgram(
            "orion-api", ["--port", "0"] + state, in: folder, output: output.fileHandleForWriting)
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        let address = try #require(line.split(whereSeparator: \.isWhitespace).last.map(String.init))
        let port = try #require(address.split(separator: ":").last.map(String.init))
        let agent = try RunningProgram(
            "orion-agent", ["--control-plane", address, "--data-dir", folder.appendingPathComponent("data").path],
            in: folder)
        let document = """
            {"apiVersion":"orion/v1","kind":"Config","spec":{"services":[
            {"name":"web","runtime":"exec","command":["/bin/sh","-c","\(Self.counter)"]}]}}
            """
        let client = try OrionClient(server: address)
        _ = try await client.apply(document: Array(document.utf8), contentType: "application/json")
        while try await client.service("web").status.observed.ready == 0 {
            try await Task.sleep(for: .milliseconds(20))
        }
        let shown = folder.appendingPathComponent("shown")
        try Data().write(to: shown)
        let follower = try RunningProgram(
            "orion", ["logs", "web", "-f", "--tail", "all", "--server", address], in: folder,
            output: try FileHandle(forWritingTo: shown))
        func lines() throws -> [String] {
            let text = try String(contentsOf: shown, encoding: .utf8)
            return text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
        }
        while try lines().count < 100 { try await Task.sleep(for: .milliseconds(20)) }
        first.signal(SIGKILL)
        first.end()
        let count = try lines().count
        let second = try RunningProgram("orion-api", ["--port", port] + state, in: folder)
        while try lines().count < count + 300 {
            try await Task.sleep(for: .milliseconds(20))
            try #require(isRunning(follower.pid), "\(follower.log)")
        }
        follower.signal(SIGKILL)
        follower.end()
        let all = try lines()
        #expect(all == (0..<all.count).map { "line \($0)" })
        agent.signal(SIGTERM)
        #expect(agent.end() == 0)
        second.signal(SIGTERM)
        #expect(second.end() == 0)
    }

    @Test func theCommandShowsAndFollows() async throws {
        try await SmallCluster.running { cluster in
            let document = """
                apiVersion: orion/v1
                kind: Config
                spec:
                  services:
                    - name: web
                      runtime: exec
                      command: [/bin/sh, -c, 'echo one; echo two; printf "bad \\377\\n"; echo oops >&2; exec sleep 7654']
                      replicas: 2
                """
            #expect(try await cluster.orion("apply", "-f", "-", "--wait", input: document).status == 0)
            let both = try await cluster.orion("logs", "web", "--tail", "1")
            #expect(both.status == 0, "\(both.errors)")
            let lines = both.output.split(separator: "\n")
            #expect(lines.count == 4)
            #expect(lines.allSatisfy { $0.hasPrefix("web-00000") && $0.contains(" | ") })
            let id = try #require(lines.first?.split(separator: " ").first.map(String.init))
            let one = try await cluster.orion("logs", "web", "--replica", id, "--stream", "stdout", "--tail", "all")
            #expect(one.output == "one\ntwo\nbad \u{FFFD}\n", "\(one.errors)")
            // It ends with the replica, though it follows; and what it wrote can be read after that.
            async let followed = cluster.orion("logs", "web", "-f", "--replica", id, "--tail", "all")
            #expect(try await cluster.orion("restart", "web", "--wait").status == 0)
            let whole = try await followed
            #expect(whole.status == 0)
            #expect(Set(whole.output.split(separator: "\n")) == ["one", "two", "bad \u{FFFD}", "oops"])
            let gone = try await cluster.orion("get", "replicas", id)
            #expect(gone.status == 1)
            let kept = try await cluster.orion("logs", "web", "--replica", id, "--tail", "1", "--stream", "stderr")
            #expect(kept.output == "oops\n", "\(kept.errors)")
            let unknown = try await cluster.orion("logs", "web", "--replica", "web-zzzzzz")
            #expect(unknown.status == 1)
            #expect(unknown.errors.contains("web-zzzzzz"))
        }
    }
}
