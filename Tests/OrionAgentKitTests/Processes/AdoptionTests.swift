import Dispatch
import Glibc
import Testing

@testable import OrionAgentKit

@Suite struct AdoptionTests {
    let folder: TestFolder
    let queue = DispatchQueue(label: "test")

    init() throws {
        folder = try TestFolder()
    }

    /// A session leader whose parent has died, as an agent that was killed leaves it.
    func orphan(_ script: String) async throws -> ProcessIdentity {
        try folder.write(script, to: "script")
        let parent = try await folder.start("setsid sh script > log 2>&1 & echo $!")
        #expect(await parent.exit(on: queue) == .exited(0))
        let pid = try #require(Int32(folder.read("out").dropLast()))
        // It is its own leader only once `setsid` has run.
        try #require(try await eventually { ProcessStatus(pid: pid).map { $0.session == pid || $0.isZombie } ?? true })
        let status = try #require(ProcessStatus(pid: pid))
        #expect(status.parent != getpid())
        return ProcessIdentity(pid: pid, startTicks: status.startTicks, bootID: ProcessIdentity.bootID)
    }

    func adopt(_ identity: ProcessIdentity) throws -> WatchedProcess {
        guard case .adopted(let process) = identity.adopt() else {
            throw SpawnError(step: .gate, errno: 0, message: "not adopted: \(identity.adopt())")
        }
        return process
    }

    @Test func adoptsAndStops() async throws {
        let process = try adopt(try await orphan("sleep 7654 & echo $!; wait"))
        try #require(try await eventually { Int32(folder.read("log").dropLast()) != nil })
        let child = try #require(Int32(folder.read("log").dropLast()))
        #expect(!process.isGroupEmpty())
        process.signalGroup(.terminate)
        #expect(await process.exit(on: queue) == .signalled(.terminate))
        await process.groupEmptied(on: queue)
        #expect(!isAlive(child))
    }

    @Test func tellsTheExitStatusOfAnAdoptedOne() async throws {
        let process = try adopt(try await orphan("while ! test -e go; do sleep 0.01; done; exit 9"))
        try folder.write("", to: "go")
        #expect(await process.exit(on: queue) == .exited(9))
    }

    @Test func tellsTheStatusLongAfterItsParentCollectedIt() async throws {
        let process = try adopt(try await orphan("while ! test -e go; do sleep 0.01; done; exit 9"))
        try folder.write("", to: "go")
        #expect(try await eventually { ProcessStatus(pid: process.identity.pid) == nil })
        #expect(await process.exit(on: queue) == .exited(9))
        #expect(process.isGroupEmpty())
    }

    @Test func killsTheGroupOfAnAdoptedLeaderThatIsGone() async throws {
        let process = try adopt(
            try await orphan("sleep 7654 & echo $!; while ! test -e go; do sleep 0.01; done; exit 0"))
        try #require(try await eventually { Int32(folder.read("log").dropLast()) != nil })
        let child = try #require(Int32(folder.read("log").dropLast()))
        try folder.write("", to: "go")
        #expect(await process.exit(on: queue) == .exited(0))
        #expect(!process.isGroupEmpty())
        process.killGroup()
        await process.groupEmptied(on: queue)
        #expect(!isAlive(child))
    }

    @Test func leavesAnotherProcessWithTheNumberAlone() async throws {
        let process = try await folder.start("exec sleep 7654")
        defer { process.killGroup() }
        var stale = process.identity
        stale.startTicks -= 1
        guard case .notOurs = stale.adopt() else {
            Issue.record("adopted a stranger")
            return
        }
    }

    @Test func knowsNothingOfAnEarlierBoot() async throws {
        let process = try await folder.start("exec sleep 7654")
        defer { process.killGroup() }
        var old = process.identity
        old.bootID = "b00b5000-0000-0000-0000-000000000000"
        guard case .gone = old.adopt() else {
            Issue.record("adopted from another boot")
            return
        }
    }

    @Test func endedMeanwhile() async throws {
        let process = try await folder.start("exit 0")
        _ = await process.exit(on: queue)
        await process.groupEmptied(on: queue)
        guard case .gone = process.identity.adopt() else {
            Issue.record("adopted the dead")
            return
        }
        guard case .gone = ProcessIdentity(pid: 0, startTicks: 0, bootID: ProcessIdentity.bootID).adopt() else {
            Issue.record("adopted process 0")
            return
        }
    }

    @Test func readsAnyName() throws {
        let tail = " S 7 42 42 0 -1 4194560 1 2 3 4 10 5 6 7 20 0 1 0 987 1000 33 18446744073709551615 1 2"
        for name in ["sh", "a) S 1 (b", "x y", ")", "((", ""] {
            let status = try #require(ProcessStatus(line: Array("42 (\(name))\(tail)\n".utf8)))
            #expect(status.pid == 42)
            #expect(status.parent == 7)
            #expect(status.session == 42)
            #expect(status.cpuTicks == 15)
            #expect(status.startTicks == 987)
            #expect(status.residentPages == 33)
        }
        #expect(ProcessStatus(line: Array("42 (sh) S 7".utf8)) == nil)
        #expect(ProcessStatus(line: []) == nil)
    }
}
