import Foundation
import OrionCore
import Testing

@Suite struct AgentProgramTests {
    /// Prints its process id, and stays.
    static let script = "echo $$; exec sleep 7654"

    @Test func aKilledAgentLosesNothing() async throws {
        let bench = try AgentBench()
        let first = try bench.agent()
        try await bench.apply(5, script: Self.script)
        try await bench.ready(5)
        let before = try await bench.pids(of: 5)
        first.signal(SIGKILL)
        #expect(first.end() == -SIGKILL)
        // One ends while nobody watches.
        let victim = try #require(before.keys.sorted().first)
        kill(try #require(before[victim]), SIGKILL)
        let second = try bench.agent()
        let status = try await bench.ready(5) { status in
            status.instances.contains { $0.replicaId?.rawValue == victim && $0.restarts == 1 }
        }
        #expect(Set(status.instances.compactMap { $0.replicaId?.rawValue }) == Set(before.keys))
        let after = try bench.pids()
        for (id, pid) in before {
            #expect(isRunning(pid) == (id != victim))
            #expect((after[id] == pid) == (id != victim))
        }
        second.signal(SIGTERM)
        #expect(second.end() == 0)
        for pid in after.values { #expect(!isRunning(pid)) }
    }

    /// One that stands still is killed by its watchdog.
    @Test(arguments: [SIGKILL, SIGSTOP])
    func anAgentTakesWithItWhatMustNotRunTwice(_ signal: Int32) async throws {
        let bench = try AgentBench()
        let first = try bench.agent()
        try await bench.apply(2, script: Self.script, disconnect: ["overlap": false, "stopAfterSeconds": 3])
        // Pings renew the leases: they last longer than three seconds.
        let before = try await bench.ready(2) { status in
            let now = Date().timeIntervalSince1970 * 1000
            return status.instances.allSatisfy { Double($0.startedAt?.milliseconds ?? .max) < now - 4_500 }
        }
        let pids = try bench.pids()
        for pid in pids.values { #expect(isRunning(pid)) }
        first.signal(signal)
        #expect(first.end() == -SIGKILL)
        let deadline = ContinuousClock.now + .seconds(10)
        while pids.values.contains(where: isRunning), ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(10))
        }
        for pid in pids.values { #expect(!isRunning(pid)) }
        let second = try bench.agent()
        let old = Set(before.instances.compactMap(\.replicaId))
        try await bench.ready(2) { status in
            old.isDisjoint(with: status.instances.compactMap(\.replicaId))
        }
        second.signal(SIGTERM)
        #expect(second.end() == 0)
    }

    @Test func detachesForAnUpgrade() async throws {
        let bench = try AgentBench()
        let first = try bench.agent()
        try await bench.apply(3, script: Self.script)
        try await bench.ready(3)
        let before = try await bench.pids(of: 3)
        first.signal(SIGUSR1)
        #expect(first.end() == 0)
        for pid in before.values { #expect(isRunning(pid)) }
        let second = try bench.agent()
        // The control plane counts the replicas as ready all along: only the agent itself tells that it is there.
        let status = try await bench.ready(3) { _ in
            second.log.contains("Connected") && (try? bench.pids()) == before
        }
        #expect(status.instances.allSatisfy { $0.restarts == 0 })
        second.signal(SIGINT)
        #expect(second.end() == 0)
        for pid in before.values { #expect(!isRunning(pid)) }
        #expect(second.log.contains("state=stopped"))
    }

    @Test func oneAgentToADirectory() async throws {
        let bench = try AgentBench()
        let first = try bench.agent()
        try await bench.apply(1, script: Self.script)
        try await bench.ready(1)
        let second = try bench.agent()
        #expect(second.end() == 74)
        #expect(second.log.contains("another agent (process \(first.pid)) uses the data directory"))
        #expect(second.log.contains("--data-dir"))
        first.signal(SIGTERM)
        #expect(first.end() == 0)
    }

    /// Another data directory would not help: it would start all of them a second time.
    @Test func endsWhereItCannotSeeWhatRuns() async throws {
        let bench = try AgentBench()
        let first = try bench.agent()
        try await bench.apply(64, script: Self.script)
        try await bench.ready(64)
        let before = try await bench.pids(of: 64)
        first.signal(SIGKILL)
        #expect(first.end() == -SIGKILL)
        // To hold each of them takes a descriptor.
        let second = try bench.agent(entrance: ["sh", "-c", "ulimit -n 64; exec \"$0\" \"$@\""])
        #expect(second.end() == 74)
        #expect(second.log.contains("orion-agent: cannot see whether replica web-"), "\(second.log)")
        #expect(second.log.contains("raise the limit (ulimit -n)"))
        #expect(!second.log.contains("--data-dir"))
        for pid in before.values { #expect(isRunning(pid)) }
        let third = try bench.agent()
        try await bench.ready(64) { _ in third.log.contains("Connected") }
        #expect(try bench.pids() == before)
        third.signal(SIGTERM)
        #expect(third.end() == 0)
    }

    @Test func nothingOfItsEnvironmentLeaks() async throws {
        let bench = try AgentBench()
        let agent = try bench.agent(["--address", "10.0.0.1"], environment: ["SECRET": "s", "LANG": "C.UTF-8"])
        try await bench.apply(1, script: "env; echo; exec sleep 7654")
        let status = try await bench.ready(1)
        #expect(status.instances.first?.address == "10.0.0.1")
        let id = try #require(status.instances.first?.replicaId?.rawValue)
        let file = bench.folder.appendingPathComponent("data/replicas/\(id)/stdout.log")
        var output = ""
        // It is ready as soon as it runs.
        while !output.hasSuffix("\n\n") {
            output = try String(contentsOf: file, encoding: .utf8)
            try await Task.sleep(for: .milliseconds(5))
        }
        let names = Set(output.split(separator: "\n").compactMap { $0.split(separator: "=").first.map(String.init) })
        // The last two are the shell's own.
        #expect(
            names.subtracting(["PWD", "SHLVL", "_", "OLDPWD"]) == [
                "PATH", "LANG", "ORION_REPLICA_ID", "ORION_SERVICE_NAME", "ORION_NODE_NAME", "ORION_MANAGED",
                "ORION_FENCE", "ORION_AGENT_MARK",
            ])
        agent.signal(SIGTERM)
        #expect(agent.end() == 0)
    }

    @Test func whatLeftItsGroupEndsWithTheAgentAfterNext() async throws {
        let bench = try AgentBench()
        let first = try bench.agent()
        try await bench.apply(3, script: "setsid sh -c 'echo $$; exec sleep 7654 <&- >&- 2>&-' & exec sleep 7654")
        try await bench.ready(3)
        let escaped = try await bench.pids(of: 3)
        first.signal(SIGKILL)
        #expect(first.end() == -SIGKILL)
        let second = try bench.agent()
        // The control plane counts the replicas as ready all along: only the agent itself tells that it is there.
        try await bench.ready(3) { _ in second.log.contains("Connected") }
        for pid in escaped.values { #expect(isRunning(pid)) }
        second.signal(SIGTERM)
        #expect(second.end() == 0)
        for pid in escaped.values { #expect(!isRunning(pid)) }
    }

    /// The agent raises its own limit of open files; programs that use `select` break above 1024.
    @Test func replicasHaveTheLimitsThatTheAgentWasGiven() async throws {
        let bench = try AgentBench()
        let agent = try bench.agent(entrance: ["sh", "-c", "ulimit -Sn 512; exec \"$0\" \"$@\""])
        try await bench.apply(1, script: "ulimit -Sn; exec sleep 7654")
        try await bench.ready(1)
        let limits = try String(contentsOfFile: "/proc/\(agent.pid)/limits", encoding: .utf8)
        let own = limits.split(separator: "\n").first { $0.hasPrefix("Max open files") }?.split(separator: " ")
        #expect(own?.dropFirst(3).first != "512")
        #expect(try await bench.pids(of: 1).values.first == 512)
        agent.signal(SIGTERM)
        #expect(agent.end() == 0)
    }

    @Test func survivesItsControlPlane() async throws {
        let dead = try AgentBench()
        let agent = try dead.agent(["--control-plane", "ws://127.0.0.1:1/ws"])
        try await dead.apply(1, script: Self.script)
        try await dead.ready(1)
        agent.signal(SIGTERM)
        #expect(agent.end() == 0)
    }

    @Test(arguments: [
        (["--tls-ca", "x"], 64, "--tls-ca \"x\": no --control-plane is a wss:// address"),
        (["--control-plane", "wss://h/ws", "--tls-ca", "x"], 78, "--tls-ca \"x\": No such file or directory"),
        (["--token-file", "x"], 78, "--token-file \"x\": authentication is not built yet"),
        (["--control-plane", "h:1"], 64, "--control-plane: h:1 is no address"),
        (["--cpu", "many"], 64, "--cpu \"many\": give a number of cores above 0"),
        (["--label", "zone"], 64, "--label \"zone\": give a label as KEY=VALUE"),
        (["--log-level", "loud"], 64, "--log-level \"loud\": give trace, debug"),
        (["--workspace-root", "/no/such"], 78, "the workspace root /no/such: no such file or directory"),
        (["--nonsense"], 64, "nonsense"),
        (
            ["--data-dir", "/proc/x"], 74,
            "--data-dir \"/proc/x\": cannot make the data directory /proc/x: no such file"
        ),
        (["--data-dir", "/proc/x"], 74, "or give another directory with --data-dir"),
        (["--control-plane", ""], 64, "--control-plane \"\": name a control plane"),
        (["--control-plane", ", ,"], 64, "--control-plane"),
        (["--accept-cluster", ""], 64, "--accept-cluster \"\": give 1 to 256 bytes"),
    ]) func saysWhatItCannotUse(_ arguments: [String], _ status: Int32, _ message: String) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("orion-agent-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let program = try RunningProgram("orion-agent", arguments, in: folder)
        #expect(program.end() == status)
        #expect(program.log.contains(message), "\(program.log)")
    }

    @Test func takesItsEnvironmentWhereNoFlagIsGiven() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("orion-agent-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let program = try RunningProgram("orion-agent", [], in: folder, environment: ["ORION_NODE_MEMORY": "-1"])
        #expect(program.end() == 64)
        #expect(program.log.contains("ORION_NODE_MEMORY \"-1\": give a number of MiB above 0"))
        let half = try RunningProgram("orion-agent", [], in: folder, environment: ["ORION_TLS_KEY": "k"])
        #expect(half.end() == 64)
        #expect(half.log.contains("ORION_TLS_KEY \"k\": give the file of its certificate too"))
    }
}
