import Glibc

/// Where an agent's replicas have their cgroups: `<the agent's own>/orion-<mark>/<replicaId>`, so that two agents do
/// not meet, and the next one on the directory finds them again. One that a replica of the directory has started leaves
/// that one's cgroup first: else the replica's end were its own.
///
/// No controller is enabled anywhere: the agent's own cgroup holds the agent, and one with members must not have any.
struct CgroupRoot: Sendable {
    let mount: CgroupMount
    let path: String
    /// The last part of the path.
    private let name: String

    /// Why there are to be no cgroups.
    struct Unavailable: Error, Hashable {
        let reason: String
    }

    /// Finds the agent's own cgroup, and makes sure that processes may be moved about below it.
    static func find(mark: AgentMark, agent: Int32 = getpid()) throws(Unavailable) -> CgroupRoot {
        let mounts = CgroupMount.list(ProcessFile.read("/proc/self/mountinfo") ?? "")
        guard !mounts.isEmpty else { throw Unavailable(reason: "no hierarchy of version 2 is mounted") }
        guard let own = CgroupMount.path(ProcessFile.read("/proc/\(agent)/cgroup") ?? "") else {
            throw Unavailable(reason: "the agent is in no cgroup of version 2 that it can see")
        }
        let name = "orion-" + mark.value
        let home = home(of: own, name: name)
        var refusal = Unavailable(reason: "the agent's cgroup \(own) is not below a mounted one")
        for mount in mounts {
            guard let directory = mount.directory(of: home) else { continue }
            do throws(Unavailable) {
                let root = CgroupRoot(mount: mount, path: directory + "/" + name, name: name)
                try root.check(own: directory)
                if home != own { try move(agent, from: own, to: directory) }
                return root
            } catch {
                refusal = error
            }
        }
        throw refusal
    }

    /// The directory of a replica's cgroup.
    func path(of id: String) -> String { path + "/" + id }

    /// The cgroup of a process, if it is that of the replica `id`: of an earlier agent it may lie elsewhere than ours.
    func cgroup(of pid: Int32, replica id: String) -> Cgroup? {
        guard let member = CgroupMount.path(ProcessFile.read("/proc/\(pid)/cgroup") ?? ""),
            // What it has made below that for itself does not count.
            let end = (member + "/").firstRange(of: "/\(name)/\(id)/")?.upperBound
        else { return nil }
        return mount.directory(of: String((member + "/")[..<end].dropLast())).flatMap { Cgroup(path: $0) }
    }

    /// The cgroup above those of this agent's replicas, where `own` is, or is below, one of them; else `own`.
    static func home(of own: String, name: String) -> String {
        guard let start = (own + "/").firstRange(of: "/\(name)/")?.lowerBound else { return own }
        return start == own.startIndex ? "/" : String(own[..<start])
    }

    private static func move(_ agent: Int32, from own: String, to directory: String) throws(Unavailable) {
        let line = Array(String(agent).utf8)
        guard let file = Descriptor.open(directory + "/cgroup.procs", O_WRONLY),
            write(file.number, line, line.count) == line.count
        else {
            throw Unavailable(
                reason: "the agent was started by a replica of its own, whose cgroup \(own) it cannot leave for "
                    + "\(directory): \(describe(errno: errno))")
        }
    }

    private func check(own: String) throws(Unavailable) {
        // To move a process, the cgroup above both ends has to be writable; a root that is mounted read-only is not.
        guard access(own + "/cgroup.procs", W_OK) == 0 else {
            throw Unavailable(reason: "\(own)/cgroup.procs: \(describe(errno: errno))")
        }
        guard mkdir(path, 0o755) == 0 || errno == EEXIST else {
            throw Unavailable(reason: "cannot make \(path): \(describe(errno: errno))")
        }
        // It is made again with the first replica's, and goes with the last; one that holds any stays.
        defer { rmdir(path) }
        guard access(path + "/cgroup.procs", W_OK) == 0 else {
            throw Unavailable(reason: "\(path)/cgroup.procs: \(describe(errno: errno))")
        }
        // Below a threaded cgroup, processes cannot be told apart by theirs.
        guard ProcessFile.read(path + "/cgroup.type")?.hasPrefix("domain\n") == true else {
            throw Unavailable(reason: "\(own) is a threaded cgroup")
        }
    }
}
