import Dispatch
import Glibc
import Synchronization

/// What a command writes: read as it comes, so that it never waits, and forgotten but for the last bytes. No file, no disk.
final class TailPipe: Sendable {
    /// Of what was written last: enough for the last line of most programs.
    private static let tailBytes = 512

    /// What the command opens for its output: our end, by which it gets the pipe without inheriting a descriptor.
    let path: String

    private let readEnd: Descriptor
    /// As long as this one is open the pipe has no end, whoever else closes theirs.
    private let writeEnd: Descriptor
    private let bytes = Mutex<[UInt8]>([])

    init(on queue: DispatchQueue) throws(SpawnError) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else {
            throw SpawnError(step: .stdout, errno: errno, message: "no pipe for its output: \(describe(errno: errno))")
        }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
        readEnd = Descriptor(owning: ends[0])
        writeEnd = Descriptor(owning: ends[1])
        path = "/proc/\(getpid())/fd/\(ends[1])"
        listen(on: queue)
    }

    /// The end of what was written so far, in one line.
    func tail() -> String {
        drain()
        let text = String(decoding: bytes.withLock { $0 }, as: UTF8.self)
        return text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    private func listen(on queue: DispatchQueue) {
        readEnd.whenReady(on: queue) { [weak self] in
            self?.drain()
            self?.listen(on: queue)
        }
    }

    private func drain() {
        bytes.withLock { bytes in
            withUnsafeTemporaryAllocation(byteCount: 64 * 1024, alignment: 1) { buffer in
                // Bounded: who writes without end is read again when the queue comes round.
                for _ in 0..<16 {
                    let count = read(readEnd.number, buffer.baseAddress, buffer.count)
                    guard count > 0 else { return }
                    bytes.append(contentsOf: buffer[max(0, count - Self.tailBytes)..<count])
                    bytes.removeFirst(max(0, bytes.count - Self.tailBytes))
                }
            }
        }
    }
}
