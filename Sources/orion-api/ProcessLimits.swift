import Glibc
import Logging
import NIOCore

/// What the process sets of itself before anything else.
enum ProcessLimits {
    /// Threads that serve sockets: more than four only cost memory.
    static var threads: Int { min(System.coreCount, 4) }

    static func prepare(_ logger: Logger) {
        // A peer that is gone is an error of that write, and nothing else.
        signal(SIGPIPE, SIG_IGN)
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        // Each agent and each client is a descriptor.
        limit.rlim_cur = limit.rlim_max
        guard setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            return logger.warning("The limit of open files could not be raised.", metadata: ["errno": "\(errno)"])
        }
    }
}
