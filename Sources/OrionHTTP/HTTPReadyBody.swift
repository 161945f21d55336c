public import NIOCore
import Synchronization

/// A body that is sent more than once: it is not copied for each response, and gzipped once for all of them.
public final class HTTPReadyBody: Sendable {
    private enum Packed {
        case notYet
        /// Nil where that would not be shorter.
        case done(ByteBuffer?)
    }

    /// As it is sent to a client that does not take gzip.
    public let bytes: ByteBuffer
    private let packed = Mutex(Packed.notYet)

    /// A body of these bytes.
    public init(_ bytes: [UInt8]) {
        self.bytes = ByteBuffer(bytes: bytes)
    }

    /// Whether ``gzip()`` has been done. Never waits for it.
    public var isGzipped: Bool {
        let isDone = packed.withLockIfAvailable { packed in
            if case .done = packed { true } else { false }
        }
        return isDone ?? false
    }

    /// Gzips it, unless that has been done. Takes some 10 ms for a megabyte, in which others that want the same wait: not
    /// for an event loop, unless it is small.
    public func gzip() { _ = gzipped() }

    func gzipped() -> ByteBuffer? {
        packed.withLock { packed in
            if case .done(let bytes) = packed { return bytes }
            let made = bytes.withUnsafeReadableBytes { Gzip.compress($0) }
            packed = .done(made)
            return made
        }
    }
}
