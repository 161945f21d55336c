import COrionSpawn
import Glibc

/// Frees the old part of output files in place: the last bytes are kept, offsets stay what they were.
struct OutputTrimmer: Sendable {
    enum Outcome: Hashable, Sendable {
        /// Nothing to free yet, or no such file.
        case untouched
        /// As many bytes from the front of the file as have been given up by this call.
        case freed(bytes: Int64)
        /// The file system cannot free a part of a file. Told once per file system; its files are left alone from then.
        case unsupported
        case failed(errno: Int32)
    }

    /// How much of each file stays.
    let keepBytes: Int64

    /// A file is trimmed only when this much can be freed at once, so that a busy one costs a call now and then.
    private let stepBytes: Int64
    /// Up to where each file is a hole already.
    private var trimmed: [String: Int64] = [:]
    private var unsupported: Set<dev_t> = []

    /// Design.md §9: 16 MiB a stream and replica.
    init(keepBytes: Int64 = 16 * 1024 * 1024) {
        self.keepBytes = keepBytes
        stepBytes = max(64 * 1024, keepBytes / 16)
    }

    /// Frees what is older than the last `keepBytes` of a file. One `stat` where there is nothing to do.
    mutating func trim(_ path: String) -> Outcome {
        var status = stat()
        guard stat(path, &status) == 0 else { return errno == ENOENT ? .untouched : .failed(errno: errno) }
        let from = trimmed[path] ?? 0
        // Whole blocks: the rest of one would be zeroed, not freed.
        let block = Int64(max(1, status.st_blksize))
        let to = (Int64(status.st_size) - keepBytes) / block * block
        // A file that a person has truncated starts anew.
        if Int64(status.st_size) < from { trimmed[path] = nil }
        guard to - from >= stepBytes, !unsupported.contains(status.st_dev) else { return .untouched }
        guard let file = Descriptor.open(path, O_WRONLY) else { return .failed(errno: errno) }
        let number = orion_free_range(file.number, from, to - from)
        guard number == 0 else {
            guard number == EOPNOTSUPP || number == ENOSYS else { return .failed(errno: number) }
            unsupported.insert(status.st_dev)
            return .unsupported
        }
        trimmed[path] = to
        return .freed(bytes: to - from)
    }

    /// Drops what is remembered of a file that has been removed.
    mutating func forget(_ path: String) {
        trimmed[path] = nil
    }
}
