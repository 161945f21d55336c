import COrionZlib
import NIOCore

/// Expands the payload of a message (RFC 7692 §7.2.2) as its pieces come.
///
/// Has one owner at a time: whoever took it from a ``DeflatePool``, which itself works under a lock. Hence the
/// `@unchecked Sendable`.
final class Inflater: @unchecked Sendable {
    private let stream: UnsafeMutablePointer<z_stream>
    /// A block that said that it is the last has ended, and nothing came behind it.
    private var hasEnded = false

    init() {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        // Negative: bare deflate. 15 bits take what was compressed with any window.
        let status = inflateInit2_(stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        precondition(status == Z_OK, "inflateInit2: \(status)")
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    func reset() {
        inflateReset(stream)
        hasEnded = false
    }

    /// Appends what a piece expands to, as long as `message` does not grow beyond `limit` bytes.
    func expand(_ piece: UnsafeRawBufferPointer, into message: inout ByteBuffer, limit: Int) -> Violation? {
        guard piece.count > 0 else { return nil }
        stream.pointee.next_in = UnsafeMutablePointer(mutating: piece.bindMemory(to: UInt8.self).baseAddress)
        // A piece lies in a buffer of NIO's, which is shorter than 4 GiB.
        stream.pointee.avail_in = UInt32(clamping: piece.count)
        hasEnded = false
        repeat {
            // One byte more than is allowed: enough to see that there are more.
            let room = min(limit + 1 - message.readableBytes, max(Self.leastRoom, 4 * Int(stream.pointee.avail_in)))
            switch step(room, &message) {
            case Z_OK, Z_BUF_ERROR: break
            case Z_STREAM_END:
                inflateReset(stream)
                hasEnded = stream.pointee.avail_in == 0
            case Z_MEM_ERROR: return .noMemory
            default: return .notDeflated("a compressed message that is none")
            }
            if message.readableBytes > limit { return .tooLarge("a message that expands to more than \(limit) bytes") }
        } while stream.pointee.avail_in > 0 || stream.pointee.avail_out == 0
        return nil
    }

    /// The last piece was expanded; fails where more should have come.
    func finish(_ message: inout ByteBuffer, limit: Int) -> Violation? {
        guard !hasEnded else { return nil }
        // The end of the sender's flush, which it does not send (RFC 7692 §7.2.1).
        let violation = withUnsafeBytes(of: UInt32(0x0000_FFFF).bigEndian) { expand($0, into: &message, limit: limit) }
        if let violation { return violation }
        // zlib.h on inflate(): 128 stands for "right behind a block".
        return stream.pointee.data_type & 128 != 0 ? nil : .notDeflated("a compressed message that is cut off")
    }

    private static let leastRoom = 1024

    private func step(_ count: Int, _ message: inout ByteBuffer) -> Int32 {
        var status = Z_OK
        message.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { room in
            let available = UInt32(clamping: min(room.count, count))
            stream.pointee.next_out = room.bindMemory(to: UInt8.self).baseAddress
            stream.pointee.avail_out = available
            status = inflate(stream, Z_SYNC_FLUSH)
            return Int(available - stream.pointee.avail_out)
        }
        return status
    }
}
