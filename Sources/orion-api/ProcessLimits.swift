import Glibc
import Logging
import NIOCore

/// What the process sets of itself before anything else.
enum ProcessLimits {
    /// Threads that serve sockets, no more than there are cores for: more than four only cost memory.
    static var threads: Int { max(1, min(System.coreCount, allowedCores, 4)) }

    /// The cores that the process is kept to (`taskset`, CPUAffinity= of systemd), by the mask in proc(5).
    private static var allowedCores: Int {
        guard let file = fopen("/proc/self/status", "r") else { return .max }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 16 << 10)
        let count = fread(&bytes, 1, bytes.count, file)
        let status = String(decoding: bytes.prefix(count), as: UTF8.self)
        let mask = status.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed:") }?.split(separator: ":").last
        return mask.map { $0.reduce(0) { $0 + ($1.hexDigitValue ?? 0).nonzeroBitCount } } ?? .max
    }

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
