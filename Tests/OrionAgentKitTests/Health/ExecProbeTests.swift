import Dispatch
import Glibc
import OrionCore
import Testing

@testable import OrionAgentKit

@Suite struct ExecProbeTests {
    let folder: TestFolder

    init() throws {
        folder = try TestFolder()
        mkdir(folder.path("app"), 0o755)
    }

    func target(_ command: Command, timeout: Double = 20) -> HealthTarget {
        var service = ServiceSpecification(name: "web")
        service.path = "app"
        service.env = ["COLOUR": "green"]
        service.ports = [Port(name: "http")]
        var check = HealthCheck()
        check.exec = HealthCheck.Exec(command: command)
        check.timeoutSeconds = timeout
        let record = LedgerRecord(
            id: "web-000001", service: "web", fence: nil, specification: SharedSpecification(service), generation: 1,
            ports: ["http": 4321])
        return HealthTarget(record: record, check: check, start: ContinuousClock.now, hasPassed: false)
    }

    func look(
        _ target: HealthTarget, meanwhile: @Sendable (@Sendable () -> Void) -> Void = { _ in }
    ) async throws -> HealthOutcome {
        let launcher = Launcher(
            workspace: try Workspace(root: folder.path), agentEnvironment: ["PATH": "/usr/bin:/bin"], nodeName: "n1",
            limits: [], mark: AgentMark(dataDirectory: folder.path))
        let probe = ExecProbe(launcher: launcher, containment: Containment(mark: launcher.mark, root: nil))
        let check = try #require(target.check.exec)
        return await withCheckedContinuation { continuation in
            meanwhile(probe.look(at: target, check) { continuation.resume(returning: $0) })
        }
    }

    func shell(_ script: String) -> Command { .arguments(["sh", "-c", script]) }

    @Test func exitStatusDecides() async throws {
        #expect(try await look(target(.line("true"))) == .passed)
        #expect(try await look(target(.line("false"))) == .failed("health check `false` exited with status 1"))
        #expect(
            try await look(target(.line("sh -c 'echo one; echo two >&2; exit 3'")))
                == .failed("health check `sh -c 'echo one; echo two >&2; exit 3'` exited with status 3: one two"))
        #expect(
            try await look(target(.line("sh -c 'kill -9 $$'")))
                == .failed("health check `sh -c 'kill -9 $$'` ended by SIGKILL"))
    }

    @Test func runsWhereItsReplicaDoes() async throws {
        let command = shell("pwd >where; env >what; exit 0")
        #expect(try await look(target(command)) == .passed)
        #expect(folder.read("app/where").hasSuffix("/app\n"))
        let environment = Set(folder.read("app/what").split(separator: "\n").map(String.init))
        let expected = [
            "COLOUR=green", "PORT=4321", "ORION_PORT_HTTP=4321", "ORION_REPLICA_ID=web-000001",
            "ORION_HEALTH_CHECK=true",
        ]
        #expect(environment.isSuperset(of: expected), "\(environment)")
    }

    @Test func aMissingProgramIsNamed() async throws {
        guard case .failed(let message) = try await look(target(.line("no-such-program"))) else {
            Issue.record("it passed")
            return
        }
        #expect(message.contains("program `no-such-program` not found in PATH"), "\(message)")
        guard case .failed(let empty) = try await look(target(.arguments([]))) else {
            Issue.record("it passed")
            return
        }
        #expect(empty.contains("its command is empty"), "\(empty)")
    }

    /// With its children, and those that ignore what can be ignored.
    @Test func aHangingOneIsKilledAtItsTimeout() async throws {
        let script = "trap '' TERM; sleep 7654 & echo $$ $! >pids; echo waiting; wait"
        let outcome = try await look(target(shell(script), timeout: 2))
        #expect(outcome == .failed("health check `sh -c \(script)` timed out after 2 s: waiting"))
        let pids = folder.read("app/pids").split(whereSeparator: \.isWhitespace).compactMap { Int32($0) }
        try #require(pids.count == 2)
        #expect(pids.allSatisfy { !isAlive($0) }, "its group is empty before it is said")
    }

    /// As on a file system that does not answer: nobody opens the other end of its output.
    @Test func oneThatNeverComesToItsProgramIsKilledAtItsTimeout() async throws {
        mkfifo(folder.path("fifo"), 0o600)
        let queue = DispatchQueue(label: "test")
        var request = folder.shell("true")
        request.stdoutPath = folder.path("fifo")
        let gated = try GatedProcess(request)
        let output = try TailPipe(on: queue)
        let outcome = await withCheckedContinuation { continuation in
            ExecRun(target(.line("true"), timeout: 0.2), on: queue) { continuation.resume(returning: $0) }
                .start(gated, output)
        }
        #expect(outcome == .failed("health check: timed out after 0.2 s"))
        #expect(!isAlive(gated.identity.pid))
    }

    @Test func whatItLeavesInTheBackgroundEndsWithIt() async throws {
        #expect(try await look(target(shell("sleep 7654 & echo $! >pids"))) == .passed)
        let pid = try #require(Int32(folder.read("app/pids").dropLast()))
        #expect(!isAlive(pid))
    }

    @Test func endsEarlyWhenTold() async throws {
        let folder = folder
        let outcome = try await look(target(shell("echo $$ >pids; exec sleep 7654"))) { end in
            while folder.read("app/pids").isEmpty { usleep(1000) }
            end()
        }
        guard case .failed(let message) = outcome else {
            Issue.record("it passed")
            return
        }
        #expect(message.hasSuffix("ended early"))
        let pid = try #require(Int32(folder.read("app/pids").dropLast()))
        #expect(!isAlive(pid))
        // Before it has begun, too.
        #expect(try await look(target(shell("exec sleep 7654"))) { $0() } != .passed)
    }

    /// Nothing waits for somebody to read, and the end is what is kept.
    @Test func muchOutputIsNoTrap() async throws {
        let script = "head -c 3000000 /dev/zero | tr '\\0' x; echo; echo the end; exit 1"
        guard case .failed(let message) = try await look(target(shell(script))) else {
            Issue.record("it passed")
            return
        }
        #expect(message.hasSuffix("x the end"), "\(message)")
        #expect(message.utf8.count < 700)
    }
}
