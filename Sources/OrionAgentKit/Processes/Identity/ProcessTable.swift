import Glibc
import Synchronization

/// A walk over the processes of the machine.
enum ProcessTable {
    /// Where the kernel shows them.
    static let folder = "/proc"

    /// That nobody can say now who is there, as with too many open files. Whoever takes that for "nobody" runs a replica
    /// twice.
    struct Unreadable: Error, Hashable {
        let errno: Int32

        init(errno number: Int32) { errno = number }

        /// Why one process could not be looked at; nil where that says that it is gone, or not to be seen by us.
        init?(ofOne number: Int32) {
            if [0, ENOENT, ESRCH, EACCES, EPERM].contains(number) { return nil }
            errno = number
        }
    }

    /// The status of every process, zombies too. Costs about 6 µs for each of them.
    static func all() throws(Unreadable) -> [ProcessStatus] {
        var found: [ProcessStatus] = []
        for pid in try pids() {
            if let status = try ProcessStatus.read(pid) { found.append(status) }
        }
        return found
    }

    /// The number of every process, zombies too, in ascending order.
    static func pids(in folder: String = folder) throws(Unreadable) -> [Int32] {
        guard let directory = opendir(folder) else { throw Unreadable(errno: errno) }
        defer { closedir(directory) }
        var found: [Int32] = []
        errno = 0
        while let entry = readdir(directory) {
            let pid = withUnsafePointer(to: &entry.pointee.d_name) { name in
                name.withMemoryRebound(to: CChar.self, capacity: 1) { atoi($0) }
            }
            if pid > 0 { found.append(pid) }
            errno = 0
        }
        guard errno == 0 else { throw Unreadable(errno: errno) }
        return found
    }

    /// The members of one process group, its leader among them.
    ///
    /// - Parameter age: how old the walk may be that this is taken from, so that many who wait for their groups share one.
    ///   A group without a living member never gets one again: an old walk can only find too many alive.
    static func members(ofGroup group: Int32, age: Duration = .zero) throws(Unreadable) -> [ProcessStatus] {
        guard age > .zero else { return try all().filter { $0.group == group } }
        return try latest.withLock { latest throws(Unreadable) in
            if latest.map({ ContinuousClock.now - $0.at > age }) ?? true {
                let at = ContinuousClock.now
                latest = (at, Dictionary(grouping: try all(), by: \.group))
            }
            return latest?.groups[group] ?? []
        }
    }

    private static let latest = Mutex<(at: ContinuousClock.Instant, groups: [Int32: [ProcessStatus]])?>(nil)
}
