import Dispatch
import Glibc
import Synchronization

/// An append-only file with a group commit: lines are handed to the kernel at once, where they outlive this process, and
/// one flush to disk serves everyone who waits for one when it begins.
///
/// One file for all replicas, because a flush costs the same for a hundred lines as for one.
final class LedgerFile: Sendable {
    let path: String

    /// Far above what rewrites allow: more is damage.
    static let maximumBytes = 1024 * 1024 * 1024

    private struct State {
        var file: Descriptor
        /// Bytes in the file.
        var size: Int64
        /// The errno of a write or flush after which nobody knows what the file holds. Only a rewrite heals it.
        var failure: Int32 = 0
        var waiting: [@Sendable (Int32) -> Void] = []
        var isFlushing = false
    }

    private let state: Mutex<State>
    private let queue = DispatchQueue(label: "orion.ledger")

    private init(path: String, file: Descriptor, size: Int64) {
        self.path = path
        self.state = Mutex(State(file: file, size: size))
    }

    /// A file with those contents in place of what was there; on disk on return.
    static func create(_ path: String, bytes: [UInt8]) throws(LedgerError) -> LedgerFile {
        let file = try replacement(path, bytes)
        return LedgerFile(path: path, file: file, size: Int64(bytes.count))
    }

    /// Bytes in the file.
    var size: Int64 { state.withLock { $0.size } }

    /// Appends a line, its newline included, which outlives this process on return. 0, or an errno; after one, only
    /// `rewrite` goes on.
    func append(_ line: [UInt8]) -> Int32 {
        state.withLock { state in
            guard state.failure == 0 else { return state.failure }
            let written = line.withUnsafeBytes { bytes in
                repeat {
                    let count = Glibc.write(state.file.number, bytes.baseAddress, bytes.count)
                    if count >= 0 || errno != EINTR { return count }
                } while true
            }
            if written == line.count {
                state.size += Int64(written)
            } else {
                // Cut short is full; the beginning of a line must not become that of the next.
                state.failure = written < 0 ? errno : ENOSPC
            }
            return state.failure
        }
    }

    /// Calls `body` once all that has been appended so far is on disk, with 0 or an errno.
    func whenDurable(_ body: @escaping @Sendable (Int32) -> Void) {
        let starts = state.withLock { state in
            state.waiting.append(body)
            defer { state.isFlushing = true }
            return !state.isFlushing
        }
        if starts { queue.async { self.flush() } }
    }

    /// Replaces the contents; on disk on return.
    func rewrite(_ bytes: [UInt8]) throws(LedgerError) {
        let file: Descriptor
        do throws(LedgerError) {
            file = try Self.replacement(path, bytes)
        } catch {
            // What went on into a file that has lost its name would not be found again.
            state.withLock { if $0.failure == 0, !$0.file.isNamed(path) { $0.failure = EIO } }
            throw error
        }
        state.withLock { state in
            state.file = file
            state.size = Int64(bytes.count)
            state.failure = 0
        }
    }

    private func flush() {
        while true {
            let (batch, file, failure) = state.withLock { state in
                defer { state.waiting = [] }
                if state.waiting.isEmpty { state.isFlushing = false }
                return (state.waiting, state.file, state.failure)
            }
            if batch.isEmpty { return }
            let number = failure != 0 ? failure : fdatasync(file.number) == 0 ? 0 : errno
            if number != 0 {
                // By then the kernel may have dropped what it could not write. Unless it is another file already.
                state.withLock { if $0.file === file { $0.failure = number } }
            }
            for body in batch { body(number) }
        }
    }

    private static func replacement(_ path: String, _ bytes: [UInt8]) throws(LedgerError) -> Descriptor {
        let number = DurableFile(path: path).replace(with: bytes)
        guard number == 0 else { throw .io(number, "cannot write \(path)") }
        guard let file = Descriptor.open(path, O_WRONLY | O_APPEND) else { throw .io(errno, "cannot open \(path)") }
        return file
    }
}
