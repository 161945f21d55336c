import Dispatch
import Glibc
import Testing

@testable import OrionAgentKit

@Suite(.enabled(if: TestCgroups.refusal == nil, TestCgroups.comment)) struct CgroupTests {
    let folder: TestFolder
    let root: CgroupRoot
    let queue = DispatchQueue(label: "test")

    init() throws {
        folder = try TestFolder()
        root = try CgroupRoot.find(mark: AgentMark(dataDirectory: folder.path))
    }

    func start(_ script: String, in cgroup: Cgroup) async throws -> WatchedProcess {
        var request = folder.shell(script)
        request.cgroup = cgroup
        return try await GatedProcess(request).release(on: queue)
    }

    func clear(_ cgroup: Cgroup, asOne: Bool) async {
        await withCheckedContinuation { continuation in
            cgroup.clear(on: queue, asOne: asOne) { continuation.resume() }
        }
    }

    func numbers(_ count: Int) async throws -> [Int32] {
        try #require(try await eventually { folder.read("out").split(separator: "\n").count >= count })
        return folder.read("out").split(separator: "\n").compactMap { Int32($0) }
    }

    @Test func aChildIsBornIntoIt() async throws {
        let cgroup = try Cgroup.make(root.path(of: "a"))
        let process = try await start("cat /proc/self/cgroup; exec sleep 7654", in: cgroup)
        try #require(try await eventually { folder.read("out").contains("0::") })
        #expect(
            CgroupMount.path(folder.read("out"))?.hasSuffix("\(root.path.split(separator: "/").last ?? "")/a") == true)
        #expect(cgroup.members == [process.identity.pid])
        #expect(root.cgroup(of: process.identity.pid, replica: "a")?.path == cgroup.path)
        #expect(root.cgroup(of: process.identity.pid, replica: "b") == nil)
        #expect(root.cgroup(of: getpid(), replica: "a") == nil)
        await clear(cgroup, asOne: true)
        _ = await process.exit(on: queue)
    }

    /// On a kernel, or in a container, whose clone3 cannot do it.
    @Test func aChildIsPutIntoItWhereItCannotBeBornThere() async throws {
        let cgroup = try Cgroup.make(root.path(of: "a"))
        mkdir(folder.path("link"), 0o755)
        symlink(cgroup.path + "/cgroup.procs", folder.path("link/cgroup.procs"))
        let process = try await start("exec sleep 7654", in: try #require(Cgroup(path: folder.path("link"))))
        #expect(cgroup.members == [process.identity.pid])
        await clear(cgroup, asOne: true)
        #expect(await process.exit(on: queue) == .signalled(.kill))
    }

    @Test func saysThatItCannotBeEntered() async throws {
        let cgroup = try #require(Cgroup(path: folder.path))
        var request = folder.shell("true")
        request.cgroup = cgroup
        let error = #expect(throws: SpawnError.self) { try GatedProcess(request) }
        #expect(error?.step == .cgroup)
        #expect(
            error?.message
                == "cannot start /bin/sh: cannot enter the cgroup \(folder.path): no such file or directory")
        let missing = #expect(throws: SpawnError.self) { try Cgroup.make("/proc/nowhere/a") }
        #expect(missing?.step == .cgroup)
    }

    /// As one, and as before Linux 5.14.
    @Test(arguments: [true, false]) func clearsWhateverIsInIt(_ asOne: Bool) async throws {
        let cgroup = try Cgroup.make(root.path(of: "a"))
        let process = try await start(
            "setsid sh -c 'setsid sleep 7654 & echo $!; echo $$; exec sleep 7654' & sleep 7654 & echo $!; wait",
            in: cgroup)
        let pids = try await numbers(3)
        let inner = try Cgroup.make(cgroup.path + "/b/c")
        let below = try await start("exec sleep 7654", in: inner)
        #expect(cgroup.isPopulated)
        await clear(cgroup, asOne: asOne)
        for pid in pids + [process.identity.pid, below.identity.pid] { #expect(!isAlive(pid)) }
        #expect(access(cgroup.path, F_OK) != 0)
        #expect(access(root.path, F_OK) != 0, "the last one takes the folder along")
        #expect(!cgroup.isPopulated)
        process.reap()
        below.reap()
    }

    /// A replica that replaces its agent starts the next one in its own cgroup, where its own end would be that one's.
    @Test func anAgentLeavesTheCgroupOfAReplicaOfItsOwn() async throws {
        let cgroup = try Cgroup.make(root.path(of: "a"))
        let agent = try await start("exec sleep 7654", in: try Cgroup.make(cgroup.path + "/below"))
        defer { agent.killGroup() }
        #expect(cgroup.holds(agent.identity.pid) == true)
        let found = try CgroupRoot.find(mark: AgentMark(dataDirectory: folder.path), agent: agent.identity.pid)
        #expect(found.path == root.path)
        #expect(cgroup.holds(agent.identity.pid) == false)
        #expect(cgroup.holds(getpid()) == false)
        await clear(cgroup, asOne: true)
        #expect(isAlive(agent.identity.pid))
        #expect(CgroupRoot.home(of: "/a/orion-1/x/orion-2/y", name: "orion-2") == "/a/orion-1/x")
        #expect(CgroupRoot.home(of: "/orion-1", name: "orion-1") == "/")
        #expect(CgroupRoot.home(of: "/a/orion-12/x", name: "orion-1") == "/a/orion-12/x")
    }

    @Test func neverKillsTheAgent() async throws {
        let cgroup = try Cgroup.make(root.path(of: "a"))
        let agent = try await start("exec sleep 7654", in: try Cgroup.make(cgroup.path + "/below"))
        let other = try await start("exec sleep 7654", in: cgroup)
        await withCheckedContinuation { continuation in
            cgroup.clear(on: queue, agent: agent.identity.pid) { continuation.resume() }
        }
        #expect(await other.exit(on: queue) == .signalled(.kill))
        #expect(isAlive(agent.identity.pid))
        let letGo = Custody()
        letGo.end()
        cgroup.clear(on: queue, custody: letGo) {}
        await withCheckedContinuation { continuation in queue.async { continuation.resume() } }
        #expect(isAlive(agent.identity.pid))
        await clear(cgroup, asOne: true)
        #expect(await agent.exit(on: queue) == .signalled(.kill))
    }

    @Test func clearsWhatForksMeanwhile() async throws {
        let cgroup = try Cgroup.make(root.path(of: "a"))
        // Slow and bounded: process numbers are shared with every test beside this one.
        let script = "for i in $(seq 2000); do setsid sleep 7654 & sleep 0.002; done; wait"
        let process = try await start(script, in: cgroup)
        try #require(try await eventually { cgroup.members.count > 20 })
        await clear(cgroup, asOne: true)
        #expect(access(cgroup.path, F_OK) != 0)
        #expect(await process.exit(on: queue) == .signalled(.kill))
    }
}
