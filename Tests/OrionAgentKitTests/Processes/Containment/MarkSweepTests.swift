import COrionSpawn
import Dispatch
import Glibc
import OrionCore
import Synchronization
import Testing

@testable import OrionAgentKit

@Suite struct MarkSweepTests {
    let folder: TestFolder
    let mark: AgentMark

    init() throws {
        folder = try TestFolder()
        mark = AgentMark(dataDirectory: folder.path)
    }

    /// Starts a process with the marks of a replica, which prints the number of one that has left its group.
    func start(_ replica: String, mark: AgentMark, output: String) async throws -> (leader: WatchedProcess, pid: Int32)
    {
        var request = folder.request(
            ["/bin/sh", "-c", "setsid sh -c 'echo $$; exec sleep 7654' & exec sleep 7654"],
            environment: [
                (name: "PATH", value: "/usr/bin:/bin"), (name: "ORION_REPLICA_ID", value: replica),
                (name: AgentMark.variable, value: mark.value),
            ])
        request.stdoutPath = folder.path(output)
        let process = try await GatedProcess(request).release(on: .global())
        try #require(try await eventually { folder.read(output).hasSuffix("\n") })
        return (process, try #require(Int32(folder.read(output).dropLast())))
    }

    @Test func everyDirectoryHasAMarkOfItsOwn() throws {
        let other = try TestFolder()
        #expect(AgentMark(dataDirectory: other.path) != mark)
        #expect(AgentMark(dataDirectory: folder.path) == mark)
        symlink(folder.path, other.path("link"))
        #expect(AgentMark(dataDirectory: other.path("link")) == mark)
    }

    @Test func findsTheMarkedAlone() async throws {
        let ours = try await start("web-000001", mark: mark, output: "a")
        let other = try TestFolder()
        let theirs = try await start("web-000001", mark: AgentMark(dataDirectory: other.path), output: "b")
        defer {
            for process in [ours, theirs] {
                process.leader.killGroup()
                kill(process.pid, SIGKILL)
            }
        }
        #expect(
            Set(try MarkedProcess.all(of: mark)) == [
                MarkedProcess(pid: ours.leader.identity.pid, replica: "web-000001"),
                MarkedProcess(pid: ours.pid, replica: "web-000001"),
            ])
    }

    @Test func endsWhoeverIsOfThatReplicaByTheTimeItSaysSo() async throws {
        let first = try await start("web-000001", mark: mark, output: "a")
        let second = try await start("web-000002", mark: mark, output: "b")
        let other = try TestFolder()
        let theirs = try await start("web-000001", mark: AgentMark(dataDirectory: other.path), output: "c")
        let sweep = MarkSweep(mark: mark)
        await withCheckedContinuation { continuation in
            sweep.clear("web-000001") { continuation.resume() }
        }
        #expect(!isAlive(first.leader.identity.pid))
        #expect(!isAlive(first.pid))
        for process in [second, theirs] {
            #expect(isAlive(process.leader.identity.pid))
            #expect(isAlive(process.pid))
            process.leader.killGroup()
            kill(process.pid, SIGKILL)
        }
    }

    /// A number that has come to someone else since the walk.
    @Test func leavesAStrangerWithTheNumberAlone() async throws {
        let stranger = try await folder.start("exec sleep 7654")
        defer { stranger.killGroup() }
        try MarkedProcess(pid: stranger.identity.pid, replica: "web-000001").kill(mark)
        let other = try await start("web-000002", mark: mark, output: "a")
        try MarkedProcess(pid: other.pid, replica: "web-000001").kill(mark)
        #expect(isAlive(stranger.identity.pid))
        #expect(isAlive(other.pid))
        kill(other.pid, SIGKILL)
        other.leader.killGroup()
    }

    /// One that is a check no more, or not yet, when it comes to killing the checks.
    @Test func leavesTheReplicaAloneWhereACheckIsMeant() async throws {
        let ours = try await start("web-000001", mark: mark, output: "a")
        defer {
            ours.leader.killGroup()
            kill(ours.pid, SIGKILL)
        }
        try MarkedProcess(pid: ours.pid, replica: "web-000001", isCheck: true).kill(mark)
        #expect(isAlive(ours.pid))
    }

    /// A folder in place of `/proc`, where one process cannot be looked at.
    @Test func whatItCannotSeeIsNotGone() async throws {
        mkdir(folder.path("77"), 0o755)
        #expect(try MarkedProcess.all(of: mark, in: folder.path) == [], "it is gone meanwhile")
        symlink("environ", folder.path("77/environ"))
        #expect(throws: ProcessTable.Unreadable(errno: ELOOP)) { try MarkedProcess.all(of: mark, in: folder.path) }
        let isClear = Mutex(false)
        MarkSweep(mark: mark, processes: folder.path).clear("web-000001") { isClear.withLock { $0 = true } }
        #expect(try await !eventually(within: .milliseconds(100)) { isClear.withLock { $0 } })
        unlink(folder.path("77/environ"))
        #expect(try await eventually { isClear.withLock { $0 } })
        #expect(throws: ProcessTable.Unreadable(errno: ENOENT)) { try ProcessTable.pids(in: folder.path("none")) }
    }

    @Test func killsNothingOnceItIsLetGo() async throws {
        let ours = try await start("web-000001", mark: mark, output: "a")
        defer {
            ours.leader.killGroup()
            kill(ours.pid, SIGKILL)
        }
        let containment = Containment(mark: mark, root: nil)
        containment.letGo()
        let isClear = Mutex(false)
        containment.clear("web-000001", hasRun: true, on: .global()) { isClear.withLock { $0 = true } }
        _ = try containment.endStrays(except: [], on: .global())
        try containment.endChecks()
        #expect(try await !eventually(within: .milliseconds(100)) { isClear.withLock { $0 } })
        #expect(isAlive(ours.pid))
        #expect(isAlive(ours.leader.identity.pid))
    }

    /// An agent that was started by a replica of its own has that one's mark, and shows it in the children it forks.
    @Test func sparesTheAgentsChildrenAtTheirGate() async throws {
        let child = try await start("web-000001", mark: mark, output: "a")
        defer { child.leader.killGroup() }
        let found = MarkedProcess(pid: child.pid, replica: "web-000001")
        #expect(try MarkedProcess.all(of: mark).contains(found))
        _ = try GatedProcess.forkWaiting { orion_child(pid: child.pid, pidfd: -1, gate: -1) }
        #expect(try !MarkedProcess.all(of: mark).contains(found))
        try found.kill(mark)
        #expect(isAlive(child.pid))
        GatedProcess.passed(child.pid)
        try found.kill(mark)
        #expect(try await eventually { !isAlive(child.pid) })
    }
}
