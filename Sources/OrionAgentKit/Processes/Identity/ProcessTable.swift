import Glibc
import Synchronization

/// A walk over the processes of the machine.
enum ProcessTable {
    /// The status of every process, zombies too. Costs about 6 µs for each of them.
    static func all() -> [ProcessStatus] {
        pids().compactMap { ProcessStatus(pid: $0) }
    }

    /// The number of every process, zombies too, in ascending order.
    static func pids() -> [Int32] {
        guard let directory = opendir("/proc") else { return [] }
        defer { closedir(directory) }
        var found: [Int32] = []
        while let entry = readdir(directory) {
            let pid = withUnsafePointer(to: &entry.pointee.d_name) { name in
                name.withMemoryRebound(to: CChar.self, capacity: 1) { atoi($0) }
            }
            if pid > 0 { found.append(pid) }
        }
        return found
    }

    /// The members of one process group, its leader among them.
    ///
    /// - Parameter age: how old the walk may be that this is taken from, so that many who wait for their groups share one.
    ///   A group without a living member never gets one again: an old walk can only find too many alive.
    static func members(ofGroup group: Int32, age: Duration = .zero) -> [ProcessStatus] {
        guard age > .zero else { return all().filter { $0.group == group } }
        return latest.withLock { latest in
            if latest.map({ ContinuousClock.now - $0.at > age }) ?? true {
                let at = ContinuousClock.now
                latest = (at, Dictionary(grouping: all(), by: \.group))
            }
            return latest?.groups[group] ?? []
        }
    }

    private static let latest = Mutex<(at: ContinuousClock.Instant, groups: [Int32: [ProcessStatus]])?>(nil)
}
