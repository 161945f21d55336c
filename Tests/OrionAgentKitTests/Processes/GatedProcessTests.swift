import Dispatch
import Glibc
import Testing

@testable import OrionAgentKit

@Suite struct GatedProcessTests {
    let folder: TestFolder

    init() throws {
        folder = try TestFolder()
    }

    @Test func runsNothingBeforeItsRelease() async throws {
        let gated = try GatedProcess(folder.shell("echo started"))
        #expect(isAlive(gated.identity.pid))
        #expect(access(folder.path("out"), F_OK) != 0)
        let process = try await gated.release(on: .global())
        #expect(process.identity == gated.identity)
        #expect(await process.exit(on: .global()) == .exited(0))
        #expect(folder.read("out") == "started\n")
    }

    @Test func endsWithoutARelease() async throws {
        var gated: GatedProcess? = try GatedProcess(folder.shell("echo started"))
        let pid = try #require(gated?.identity.pid)
        gated = nil
        #expect(try await eventually { kill(pid, 0) != 0 })
        #expect(access(folder.path("out"), F_OK) != 0)
    }

    @Test func abandonedIsCollected() async throws {
        let gated = try GatedProcess(folder.shell("echo started"))
        gated.abandon()
        #expect(try await eventually { kill(gated.identity.pid, 0) != 0 })
        #expect(access(folder.path("out"), F_OK) != 0)
    }

    @Test func oneThatIsKilledAtItsGateHasNotBeenStarted() async throws {
        let gated = try GatedProcess(folder.shell("echo started"))
        let pid = gated.identity.pid
        #expect(GatedProcess.isWaiting(pid))
        #expect(ProcessStatus(pid: pid)?.isBeforeExec == true)
        gated.kill()
        let error = await #expect(throws: SpawnError.self) { try await gated.release(on: .global()) }
        #expect(error?.message == "cannot start /bin/sh: ended by SIGKILL before its program ran")
        #expect(!GatedProcess.isWaiting(pid))
        let process = try await folder.start("exec sleep 7654")
        defer { process.killGroup() }
        #expect(!GatedProcess.isWaiting(process.identity.pid))
        #expect(ProcessStatus(pid: process.identity.pid)?.isBeforeExec == false)
    }

    @Test func hasASessionAndGroupOfItsOwn() async throws {
        let process = try await folder.start("exec sleep 7654")
        defer { process.killGroup() }
        let status = try #require(ProcessStatus(pid: process.identity.pid))
        #expect(status.session == status.pid)
        #expect(status.group == status.pid)
        #expect(status.parent == getpid())
        #expect(status.startTicks == process.identity.startTicks)
    }

    @Test func inheritsNoFiles() async throws {
        let held = try #require(Descriptor.open("/dev/null", O_RDONLY))
        let inheritable = Descriptor(owning: dup(held.number))
        #expect(fcntl(inheritable.number, F_GETFD) == 0)
        let process = try await folder.start(
            "for file in /proc/self/fd/*; do readlink $file; done; exec 3>&- ; ls /proc/$$/fd")
        #expect(await process.exit(on: .global()) == .exited(0))
        let lines = Set(folder.read("out").split(separator: "\n").map(String.init))
        #expect(lines.isSubset(of: ["/dev/null", folder.path("out"), folder.path("err"), "0", "1", "2"]))
        #expect(lines.isSuperset(of: ["/dev/null", folder.path("out"), folder.path("err"), "0", "1", "2"]))
    }

    @Test func hasExactlyTheEnvironmentGiven() async throws {
        let request = folder.request(
            ["/usr/bin/env"], environment: [(name: "ONE", value: "1"), (name: "EMPTY", value: "")])
        let process = try await GatedProcess(request).release(on: .global())
        #expect(await process.exit(on: .global()) == .exited(0))
        #expect(folder.read("out") == "ONE=1\nEMPTY=\n")
    }

    @Test func startsWithDefaultSignals() async throws {
        signal(SIGUSR2, SIG_IGN)
        defer { signal(SIGUSR2, SIG_DFL) }
        let process = try await folder.start("exec cat /proc/self/status")
        #expect(await process.exit(on: .global()) == .exited(0))
        let lines = folder.read("out").split(separator: "\n").filter {
            $0.hasPrefix("SigBlk:") || $0.hasPrefix("SigIgn:") || $0.hasPrefix("SigCgt:")
        }
        let masks = lines.compactMap { $0.split(separator: "\t").last }
        #expect(masks == ["0000000000000000", "0000000000000000", "0000000000000000"])
    }

    @Test func takesArgumentsAsTheyAre() async throws {
        let odd = ["", "a b", "$HOME", "*", "'", "\"", "ü\n"]
        let request = folder.request(["printf", "<%s>"] + odd)
        let process = try await GatedProcess(request).release(on: .global())
        #expect(await process.exit(on: .global()) == .exited(0))
        #expect(folder.read("out") == odd.map { "<\($0)>" }.joined())
    }

    @Test func appendsToItsOutput() async throws {
        try folder.write("before\n", to: "out")
        let process = try await folder.start("echo after; echo error >&2; pwd")
        #expect(await process.exit(on: .global()) == .exited(0))
        #expect(folder.read("out") == "before\nafter\n\(folder.path)\n")
        #expect(folder.read("err") == "error\n")
    }

    @Test func obeysItsLimits() async throws {
        var request = folder.shell("ulimit -n; ulimit -Hn")
        request.limits = [.openFiles(soft: 100, hard: 200)]
        let process = try await GatedProcess(request).release(on: .global())
        #expect(await process.exit(on: .global()) == .exited(0))
        #expect(folder.read("out") == "100\n200\n")
    }

    @Test func aDeadParentTakesAWaitingChildAlong() async throws {
        // A process of its own plays the agent: this test binary cannot die. It is stopped while its child waits.
        let helper = try GatedProcess(folder.shell("exec sleep 7654"))
        let copy = try GatedProcess(folder.shell("echo started"))
        // The second child was forked while the first one's gate was open here: it must hold no copy of that.
        helper.abandon()
        #expect(try await eventually { kill(helper.identity.pid, 0) != 0 })
        #expect(isAlive(copy.identity.pid))
    }

    @Test func manyAtOnce() async throws {
        let folder = self.folder
        let count = 200
        let statuses = try await withThrowingTaskGroup(of: (Int, OrionAgentKit.ExitStatus).self) { group in
            for number in 0..<count {
                group.addTask {
                    let queue = DispatchQueue.global()
                    var request = folder.shell("exit \(number)")
                    request.stdoutPath = folder.path("out\(number)")
                    request.stderrPath = folder.path("err\(number)")
                    let process = try await GatedProcess(request).release(on: queue)
                    return (number, await process.exit(on: queue))
                }
            }
            return try await group.reduce(into: [Int: OrionAgentKit.ExitStatus]()) { $0[$1.0] = $1.1 }
        }
        #expect(statuses.count == count)
        for number in 0..<count { #expect(statuses[number] == .exited(Int32(number))) }
    }
}
