import Glibc

/// A lock on a file beside a state file: one process at a time may use the state. It goes with the process however that
/// ends.
final class FileLock: Sendable {
    private let descriptor: CInt

    private init(descriptor: CInt) { self.descriptor = descriptor }

    /// Given back by name: a child that was forked meanwhile and has not come to exec yet holds the descriptor too.
    deinit {
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    /// Locks `<path>.lock`, and writes there who holds it.
    static func acquire(for path: String) throws(StoreError) -> FileLock {
        let lockPath = path + ".lock"
        let descriptor = open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .system(errno, "cannot open \(lockPath)") }
        let lock = FileLock(descriptor: descriptor)
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            guard errno == EWOULDBLOCK else { throw .system(errno, "cannot lock \(lockPath)") }
            throw StoreError(
                .heldByAnother,
                "\(path) is in use by another control plane\(lock.holder): stop that one, or use another state file")
        }
        // Who holds it is for people: a full disk must not keep a state from being opened.
        let holder = Array("\(getpid())\n".utf8)
        if ftruncate(descriptor, 0) == 0 { _ = pwrite(descriptor, holder, holder.count, 0) }
        return lock
    }

    /// Who wrote its number into the file, if anyone did.
    private var holder: String {
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        let digits = bytes[..<max(0, count)].prefix { $0 != UInt8(ascii: "\n") }
        return Int32(String(decoding: digits, as: UTF8.self)).map { " (process \($0))" } ?? ""
    }
}
