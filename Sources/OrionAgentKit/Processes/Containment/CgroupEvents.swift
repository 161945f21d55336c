import Dispatch
import Glibc

/// The open `cgroup.events` of a cgroup, which tells when that becomes empty: no need to ask again and again.
struct CgroupEvents: Sendable {
    private let file: Descriptor

    init?(of cgroup: Cgroup) {
        guard let file = Descriptor.open(cgroup.path + "/cgroup.events", O_RDONLY) else { return nil }
        self.file = file
    }

    /// Whether a process is in the cgroup, or in one below it. Only changes from here on are told.
    var isPopulated: Bool {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 256) { buffer in
            let count = pread(file.number, buffer.baseAddress, buffer.count, 0)
            // ENODEV: it has been removed.
            guard count >= 0 else { return errno != ENODEV }
            return String(decoding: buffer[..<count], as: UTF8.self).contains("populated 1")
        }
    }

    /// Calls `body` once, on `queue`, when something has changed since `isPopulated` was asked.
    func whenChanged(on queue: DispatchQueue, _ body: @escaping @Sendable () -> Void) {
        file.whenReady(for: .changed, on: queue, body)
    }
}
