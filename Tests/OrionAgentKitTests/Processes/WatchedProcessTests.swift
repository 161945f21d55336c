import COrionSpawn
import Dispatch
import Glibc
import Testing

@testable import OrionAgentKit

/// What this kernel can do, and what one before Linux 6.9 can.
private let kernels = [KernelFeatures.current, KernelFeatures(groupSignals: false)]

@Suite struct WatchedProcessTests {
    let folder: TestFolder
    let queue = DispatchQueue(label: "test")

    init() throws {
        folder = try TestFolder()
    }

    func start(_ script: String, on features: KernelFeatures) async throws -> WatchedProcess {
        try await GatedProcess(folder.shell(script), features: features).release(on: queue)
    }

    /// Waits for the numbers that a script prints, one a line.
    func numbers(_ count: Int) async throws -> [Int32] {
        try #require(try await eventually { folder.read("out").split(separator: "\n").count >= count })
        return folder.read("out").split(separator: "\n").compactMap { Int32($0) }
    }

    @Test(arguments: kernels) func tellsHowItEnded(_ features: KernelFeatures) async throws {
        let short = try await start("exit 7", on: features)
        #expect(await short.exit(on: queue) == .exited(7))
        let killed = try await start("exec sleep 7654", on: features)
        #expect(!killed.isGroupEmpty())
        #expect(killed.signal(.terminate))
        #expect(await killed.exit(on: queue) == .signalled(.terminate))
        #expect(killed.isGroupEmpty())
    }

    @Test(arguments: kernels) func tellsItAgain(_ features: KernelFeatures) async throws {
        let process = try await start("exit 3", on: features)
        #expect(await process.exit(on: queue) == .exited(3))
        await process.groupEmptied(on: queue)
        #expect(await process.exit(on: queue) == .exited(3))
    }

    @Test(arguments: kernels) func leavesNoZombie(_ features: KernelFeatures) async throws {
        let process = try await start("exit 0", on: features)
        _ = await process.exit(on: queue)
        await process.groupEmptied(on: queue)
        #expect(kill(process.identity.pid, 0) != 0)
        #expect(!process.signal(.terminate))
        #expect(!process.signalGroup(.terminate))
    }

    @Test(arguments: kernels) func doesNotTakeAnothersChild(_ features: KernelFeatures) async throws {
        var other = try await start("exec sleep 7654", on: features) as WatchedProcess?
        let pid = try #require(other?.identity.pid)
        let process = try await start("exit 0", on: features)
        _ = await process.exit(on: queue)
        await process.groupEmptied(on: queue)
        #expect(isAlive(pid))
        other?.killGroup()
        #expect(await other?.exit(on: queue) == .signalled(.kill))
        other = nil
    }

    @Test(arguments: kernels) func stopsGrandchildrenToo(_ features: KernelFeatures) async throws {
        let process = try await start("sleep 7654 & echo $!; sh -c 'sleep 7654 & echo $!; wait' & wait", on: features)
        let pids = try await numbers(2)
        process.signalGroup(.terminate)
        #expect(await process.exit(on: queue) == .signalled(.terminate))
        await process.groupEmptied(on: queue)
        for pid in pids { #expect(!isAlive(pid)) }
    }

    @Test(arguments: kernels) func killsGrandchildrenThatOutliveTheLeader(_ features: KernelFeatures) async throws {
        let stubborn =
            "sh -c 'trap \"\" TERM; echo $$; while :; do sleep 0.01; done' & while ! test -s out; do sleep 0.01; done"
        let process = try await start(stubborn, on: features)
        let pids = try await numbers(1)
        #expect(await process.exit(on: queue) == .exited(0))
        #expect(!process.isGroupEmpty())
        #expect(process.signalGroup(.terminate))
        #expect(isAlive(pids[0]))
        #expect(process.killGroup())
        await process.groupEmptied(on: queue)
        #expect(!isAlive(pids[0]))
        #expect(kill(process.identity.pid, 0) != 0)
    }

    @Test(arguments: kernels) func waitsForAGroupThatEndsByItself(_ features: KernelFeatures) async throws {
        try folder.write("", to: "hold")
        let process = try await start("while test -e hold; do sleep 0.01; done & exit 4", on: features)
        #expect(await process.exit(on: queue) == .exited(4))
        #expect(!process.isGroupEmpty())
        unlink(folder.path("hold"))
        await process.groupEmptied(on: queue)
        #expect(process.isGroupEmpty())
    }

    /// Before Linux 6.9, once an adopted leader has been collected: whose group its number names, nobody knows.
    @Test func signalsNoGroupByANumberThatMayBeAnothers() async throws {
        let parent = try await start(
            "setsid sh -c 'sleep 7654 & echo $!; echo $$; while ! test -e go; do sleep 0.01; done' &",
            on: .current)
        let pids = try await numbers(2)
        _ = await parent.exit(on: queue)
        let status = try #require(ProcessStatus(pid: pids[1]))
        let adopted = WatchedProcess(
            ProcessIdentity(pid: pids[1], startTicks: status.startTicks, bootID: ProcessIdentity.bootID),
            pidfd: Descriptor(owning: orion_pidfd_open(pids[1])), features: KernelFeatures(groupSignals: false))
        #expect(adopted.signalGroup(Signal(rawValue: SIGCONT)))
        try folder.write("", to: "go")
        _ = await adopted.exit(on: queue)
        try #require(try await eventually { ProcessStatus(pid: pids[1]) == nil })
        #expect(!adopted.killGroup())
        #expect(adopted.isGroupEmpty())
        #expect(isAlive(pids[0]))
        kill(pids[0], SIGKILL)
    }

    @Test func killsADaemonThatLeftItsParentsButNotTheGroup() async throws {
        let process = try await start("(sleep 7654 & echo $!) & wait", on: .current)
        let pids = try await numbers(1)
        #expect(await process.exit(on: queue) == .exited(0))
        process.killGroup()
        await process.groupEmptied(on: queue)
        #expect(!isAlive(pids[0]))
    }

    @Test func callsBackOnTheQueueGiven() async throws {
        let process = try await start("exit 5", on: .current)
        let key = DispatchSpecificKey<Bool>()
        queue.setSpecific(key: key, value: true)
        let status = await withCheckedContinuation { continuation in
            process.onExit(on: queue) { status in
                continuation.resume(returning: DispatchQueue.getSpecific(key: key) == true ? status : nil)
            }
        }
        #expect(status == .exited(5))
    }

    @Test func namesSignals() {
        #expect(Signal(name: "SIGTERM") == .terminate)
        #expect(Signal(name: "KILL") == .kill)
        #expect(Signal(name: "SIGNOTHING") == nil)
        #expect(ExitStatus(waitStatus: 0x0300).description == "exited with status 3")
        #expect(ExitStatus(waitStatus: 9).description == "ended by SIGKILL")
        #expect(ExitStatus(waitStatus: 0x8b) == .signalled(Signal(rawValue: SIGSEGV)))
    }
}
