import Glibc
import Synchronization

/// Where lines go: a descriptor that is written to only when it takes a whole line at once.
///
/// An event loop must not stand still because nobody reads a pipe. So a line that would have to wait is dropped and
/// counted, and the next one that gets through is preceded by one that says how many were lost. The descriptor's flags
/// stay as they are: it is shared with other programs (a terminal, for one).
public final class LogSink: Sendable {
    /// Standard error.
    public static let standardError = LogSink(descriptor: STDERR_FILENO)

    private let descriptor: Int32
    private let dropped = Mutex(0)

    /// A sink on a descriptor, which stays open.
    public init(descriptor: Int32) { self.descriptor = descriptor }

    /// Writes a line of at most PIPE_BUF bytes, its newline included, or drops it.
    func write(_ line: [UInt8]) {
        dropped.withLock { dropped in
            if dropped > 0 {
                let notice = "(\(dropped) lines of the log were dropped: standard error was not read in time)\n"
                guard isReady, writeAll(Array(notice.utf8)) else { return dropped += 1 }
                dropped = 0
            }
            guard isReady, writeAll(line) else { return dropped += 1 }
        }
    }

    /// Whether a write of a line does not block now.
    private var isReady: Bool {
        var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        return poll(&request, 1, 0) == 1 && request.revents & Int16(POLLOUT) != 0
    }

    private func writeAll(_ line: [UInt8]) -> Bool {
        var written = 0
        while written < line.count {
            let count = line.withUnsafeBytes { bytes -> Int in
                let rest = UnsafeRawBufferPointer(rebasing: bytes[written...])
                return Glibc.write(descriptor, rest.baseAddress, rest.count)
            }
            if count > 0 {
                written += count
            } else if errno != EINTR {
                return false
            }
        }
        return true
    }
}
