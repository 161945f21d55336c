import COrionSpawn
import Glibc

/// A limit of the kernel on what one process may take, as `setrlimit(2)` has it.
struct ResourceLimit: Hashable, Sendable {
    let resource: Int32
    var soft: UInt64
    var hard: UInt64

    /// How many files a process may have open.
    static func openFiles(soft: UInt64, hard: UInt64) -> ResourceLimit {
        ResourceLimit(resource: Int32(RLIMIT_NOFILE.rawValue), soft: soft, hard: hard)
    }

    /// Lets this process open as many files as its hard limit allows, and returns the limit that held before.
    ///
    /// An agent holds some files open per replica, and the soft limit is 1024 nearly everywhere. Replicas are to be
    /// started with the old one: programs that use `select` break above 1024.
    static func raiseOpenFiles() -> ResourceLimit {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        let before = openFiles(soft: UInt64(limit.rlim_cur), hard: UInt64(limit.rlim_max))
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        return before
    }

    /// As the C side takes it.
    var raw: orion_limit {
        orion_limit(resource: resource, soft: soft, hard: hard)
    }
}
