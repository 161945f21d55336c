import Glibc
import OrionCore
import Testing

@testable import OrionAgentKit

/// What has left its replica's process group, by `setsid` and with its files closed, ends with the replica.
@Suite(.enabled(if: TestCgroups.refusal == nil, TestCgroups.comment)) struct CgroupContainmentTests {
    @Test func aStopEndsIt() async throws { try await Escape(cgroups: true).stopped() }
    @Test func aRestartEndsIt() async throws { try await Escape(cgroups: true).restarted() }
    @Test func anEndEndsIt() async throws { try await Escape(cgroups: true).ended() }
    @Test func theNextAgentEndsIt() async throws { try await Escape(cgroups: true).adopted() }
    @Test func theNextAgentEndsItWithoutCgroups() async throws { try await Escape(cgroups: true).adopted(next: false) }
    @Test func theNextAgentEndsWhatADeadOneLeft() async throws { try await Escape(cgroups: true).orphaned() }
    @Test func aLostLedgerLeavesNone() async throws { try await Escape(cgroups: true).strayed() }
    @Test func anotherAgentKeepsItsOwn() async throws { try await Escape(cgroups: true).sharedMachine() }
}

/// The same where no cgroup can be written.
@Suite struct MarkContainmentTests {
    @Test func aStopEndsIt() async throws { try await Escape(cgroups: false).stopped() }
    @Test func aRestartEndsIt() async throws { try await Escape(cgroups: false).restarted() }
    @Test func anEndEndsIt() async throws { try await Escape(cgroups: false).ended() }
    @Test func theNextAgentEndsIt() async throws { try await Escape(cgroups: false).adopted() }
    @Test func theNextAgentEndsWhatADeadOneLeft() async throws { try await Escape(cgroups: false).orphaned() }
    @Test func aLostLedgerLeavesNone() async throws { try await Escape(cgroups: false).strayed() }
    @Test func anotherAgentKeepsItsOwn() async throws { try await Escape(cgroups: false).sharedMachine() }
    @Test func aStrangerWithTheLeadersNumberIsLeftAlone() async throws { try await Escape(cgroups: false).reused() }
}

/// A replica, one of whose processes has gone its own way.
private struct Escape {
    let cgroups: Bool
    let tests: SupervisorTests
    /// Starts a process that leads a session of its own, and waits until it says so.
    static let script = """
        setsid sh -c 'echo $$ >pid.new; mv pid.new pid; exec sleep 7654 <&- >&- 2>&-' &
        while ! test -e pid; do sleep 0.01; done
        """

    static let wait = "while ! test -e go; do sleep 0.01; done"

    init(cgroups: Bool) throws {
        self.cgroups = cgroups
        tests = try SupervisorTests()
    }

    func supervisor() async throws -> Supervisor {
        try await tests.supervisor(cgroups: cgroups)
    }

    func launch(
        _ supervisor: Supervisor, then: String, _ change: (inout ServiceSpecification) -> Void = { _ in }
    ) async throws -> Int32 {
        await supervisor.launch(tests.launch("web-000001", tests.service(Self.script + "\n" + then, change)))
        return try await escaped(tests)
    }

    func escaped(_ tests: SupervisorTests) async throws -> Int32 {
        try #require(try await eventually { Int32(tests.folder.read("work/pid").dropLast()) != nil })
        let pid = try #require(Int32(tests.folder.read("work/pid").dropLast()))
        #expect(ProcessStatus(pid: pid)?.session == pid)
        return pid
    }

    func isCgroupLeft(_ tests: SupervisorTests) -> Bool {
        let root = try? CgroupRoot.find(mark: AgentMark(dataDirectory: tests.folder.path("data")))
        return root.map { access($0.path(of: "web-000001"), F_OK) == 0 } ?? false
    }

    func stopped() async throws {
        let supervisor = try await supervisor()
        let pid = try await launch(supervisor, then: "exec sleep 7654")
        try await tests.wait(for: .ready)
        #expect(isCgroupLeft(tests) == cgroups)
        #expect(isAlive(pid))
        await supervisor.stop(tests.stop())
        try await tests.wait(for: .stopped)
        #expect(!isAlive(pid))
        #expect(!isCgroupLeft(tests))
    }

    func restarted() async throws {
        let supervisor = try await supervisor()
        let pid = try await launch(supervisor, then: "if mkdir again; then \(Self.wait); exit 3; fi; exec sleep 7654")
        try tests.folder.write("", to: "work/go")
        try #require(try await eventually { tests.statuses.last("web-000001")?.restarts == 1 })
        #expect(!isAlive(pid), "it is gone before the next process is started")
        try await tests.wait(for: .ready)
        await supervisor.stopAll()
        await supervisor.allStopped()
    }

    func ended() async throws {
        let supervisor = try await supervisor()
        let pid = try await launch(supervisor, then: "\(Self.wait); exit 0") { $0.restart.policy = .never }
        try tests.folder.write("", to: "work/go")
        try await tests.wait(for: .succeeded)
        #expect(!isAlive(pid))
        #expect(!isCgroupLeft(tests))
    }

    /// - Parameter next: whether the next agent may have cgroups; nil for as the first one.
    func adopted(next: Bool? = nil) async throws {
        let first = try await supervisor()
        let pid = try await launch(first, then: "exec sleep 7654")
        try await tests.wait(for: .ready)
        await first.detach()
        tests.directories.unlock()
        let second = try await tests.supervisor(cgroups: next ?? cgroups)
        #expect(isAlive(pid))
        await second.stop(tests.stop())
        try await tests.wait(for: .stopped)
        #expect(!isAlive(pid))
    }

    func orphaned() async throws {
        let first = try await supervisor()
        let pid = try await launch(first, then: "exec sleep 7654")
        try await tests.wait(for: .ready)
        let leader = try await tests.pid(first)
        await first.detach()
        tests.directories.unlock()
        kill(leader, SIGKILL)
        try #require(try await eventually { !isAlive(leader) })
        #expect(isAlive(pid))
        let second = try await supervisor()
        try #require(try await eventually { tests.statuses.last("web-000001")?.restarts == 1 })
        #expect(!isAlive(pid))
        await second.stopAll()
        await second.allStopped()
    }

    func strayed() async throws {
        let first = try await supervisor()
        let pid = try await launch(first, then: "exec sleep 7654")
        try await tests.wait(for: .ready)
        let leader = try await tests.pid(first)
        await first.detach()
        tests.directories.unlock()
        unlink(tests.folder.path("data/ledger"))
        let second = try await supervisor()
        #expect(await second.statuses.isEmpty)
        #expect(try await eventually { !isAlive(leader) && !isAlive(pid) })
        #expect(try await eventually { !isCgroupLeft(tests) })
    }

    /// Two agents, and a replica of the same id on each.
    func sharedMachine() async throws {
        let other = try Escape(cgroups: cgroups)
        let theirs = try await other.supervisor()
        let theirPID = try await other.launch(theirs, then: "exec sleep 7654")
        try await other.tests.wait(for: .ready)
        try await stopped()
        let again = try Escape(cgroups: cgroups)
        try await again.strayed()
        #expect(isAlive(theirPID))
        #expect(try await isAlive(other.tests.pid(theirs)))
        await theirs.stopAll()
        await theirs.allStopped()
        #expect(!isAlive(theirPID))
    }

    /// The number in the record is now that of a stranger, who leads a group.
    func reused() async throws {
        let first = try await supervisor()
        _ = try await launch(first, then: "exec sleep 7654")
        try await tests.wait(for: .ready)
        let leader = try await tests.pid(first)
        await first.detach()
        tests.directories.unlock()
        kill(leader, SIGKILL)
        let stranger = try await tests.folder.start("sleep 7654 & echo $!; wait")
        defer { stranger.killGroup() }
        try #require(try await eventually { Int32(tests.folder.read("out").dropLast()) != nil })
        let member = try #require(Int32(tests.folder.read("out").dropLast()))
        let ledger = tests.folder.read("data/ledger")
        let number = "\"pid\":\(leader)"
        #expect(ledger.contains(number), "\(ledger)")
        try tests.folder.write(
            ledger.replacing(number, with: "\"pid\":\(stranger.identity.pid)"), to: "data/ledger")
        let second = try await supervisor()
        try #require(try await eventually { tests.statuses.last("web-000001")?.restarts == 1 })
        await second.stopAll()
        await second.allStopped()
        #expect(isAlive(stranger.identity.pid))
        #expect(isAlive(member))
    }
}
