import COrionSpawn
import Glibc

/// A control group of version 2 that holds the processes of one replica: whatever they start is born into it, and no
/// `setsid` leads out of it.
struct Cgroup: Sendable {
    let path: String
    /// For the fork, which takes an open one.
    let directory: Descriptor

    /// The cgroup at `path`; nil with `errno` where it cannot be opened.
    init?(path: String) {
        guard let directory = Descriptor.open(path, O_RDONLY | O_DIRECTORY) else { return nil }
        self.path = path
        self.directory = directory
    }

    /// Makes the cgroup at `path`, and the one above it, where they are missing.
    static func make(_ path: String) throws(SpawnError) -> Cgroup {
        guard FileTree.make(path, mode: 0o755), let cgroup = Cgroup(path: path) else {
            let number = errno
            throw SpawnError(
                step: .cgroup, errno: number, message: "cannot make the cgroup \(path): \(describe(errno: number))")
        }
        return cgroup
    }

    /// Whether a process is in it, or in one below it; a zombie is not. Costs some 10 µs.
    var isPopulated: Bool {
        if let events = ProcessFile.read(path + "/cgroup.events") { return events.contains("populated 1") }
        // Otherwise it cannot be told now, as with too many open files.
        return errno != ENOENT && errno != ENODEV
    }

    /// Sends SIGKILL to every process in it and below. True where that gets hold of those, too, which are being forked
    /// (Linux 5.14); false where some may be left that have to be killed again.
    func kill() -> Bool {
        if let file = Descriptor.open(path + "/cgroup.kill", O_WRONLY), write(file.number, "1", 1) == 1 { return true }
        killOneByOne()
        return false
    }

    /// As `kill` does without the kernel's help; how many were there to be killed.
    ///
    /// - Parameter agent: spared, and so are its children that wait at their gate.
    @discardableResult
    func killOneByOne(sparing agent: Int32? = nil) -> Int {
        let below = children.reduce(0) { $0 + (Cgroup(path: $1)?.killOneByOne(sparing: agent) ?? 0) }
        let held = members.compactMap { pid -> (pid: Int32, pidfd: Descriptor)? in
            if let agent, pid == agent || GatedProcess.isWaiting(pid) { return nil }
            let number = orion_pidfd_open(pid)
            return number < 0 ? nil : (pid: pid, pidfd: Descriptor(owning: number))
        }
        // Looked at after opening: a number in the list is ours, and if it has come to another process meanwhile, the
        // descriptor stands for a dead one.
        let present = Set(members)
        for (pid, pidfd) in held where present.contains(pid) { _ = orion_pidfd_signal(pidfd.number, SIGKILL, false) }
        return below + held.count
    }

    /// Whether a process is in it, or in one below it; nil where that cannot be told now.
    func holds(_ pid: Int32) -> Bool? {
        guard let list = ProcessFile.read(path + "/cgroup.procs") else {
            // Gone; or threaded, and then the processes are listed above it.
            return [ENOENT, ENODEV, EOPNOTSUPP].contains(errno) ? false : nil
        }
        if list.split(separator: "\n").contains(where: { Int32($0) == pid }) { return true }
        guard let names = FileTree.names(in: path) else { return errno == ENOENT ? false : nil }
        var isCertain = true
        for child in names.map({ path + "/" + $0 }) where FileKind(of: child) == .directory {
            guard let cgroup = Cgroup(path: child) else {
                if errno != ENOENT { isCertain = false }
                continue
            }
            switch cgroup.holds(pid) {
            case true?: return true
            case false?: continue
            case nil: isCertain = false
            }
        }
        return isCertain ? false : nil
    }

    /// Removes it with those below it, and the one above if that has no other; what has members stays.
    func remove() {
        removeAlone()
        if let slash = path.lastIndex(of: "/") { rmdir(String(path[..<slash])) }
    }

    private func removeAlone() {
        if rmdir(path) == 0 || errno != EBUSY { return }
        for child in children { Cgroup(path: child)?.removeAlone() }
        rmdir(path)
    }

    /// The numbers of the processes in it.
    var members: [Int32] {
        (ProcessFile.read(path + "/cgroup.procs") ?? "").split(separator: "\n").compactMap { Int32($0) }
    }

    private var children: [String] {
        (FileTree.names(in: path) ?? []).map { path + "/" + $0 }.filter { FileKind(of: $0) == .directory }
    }
}
