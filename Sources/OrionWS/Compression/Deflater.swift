import COrionZlib
import NIOCore

/// Compresses whole messages (RFC 7692 §7.2.1).
///
/// Has one owner at a time: whoever took it from a ``DeflatePool``, which itself works under a lock. Hence the
/// `@unchecked Sendable`.
final class Deflater: @unchecked Sendable {
    let windowBits: Int
    private let stream: UnsafeMutablePointer<z_stream>

    /// zlib knows windows of 9 to 15 bits.
    init(windowBits: Int, level: Int) {
        self.windowBits = windowBits
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        // Negative: bare deflate, without zlib's header and checksum. 8 is zlib's default for the memory it takes.
        let status = deflateInit2_(
            stream, Int32(level), Z_DEFLATED, -Int32(windowBits), 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        precondition(status == Z_OK, "deflateInit2: \(status) (level \(level), window \(windowBits))")
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }

    func reset() {
        deflateReset(stream)
    }

    /// The payload for a message; nil where it would not be shorter than the message.
    func compress(_ message: UnsafeRawBufferPointer) -> ByteBuffer? {
        guard let count = UInt32(exactly: message.count) else { return nil }
        // Room for what is cut off at the end, and no more: what does not fit is not shorter.
        var payload = ByteBuffer()
        payload.writeWithUnsafeMutableBytes(minimumWritableBytes: message.count + Self.tailBytes) { room in
            stream.pointee.next_in = UnsafeMutablePointer(
                mutating: message.bindMemory(to: UInt8.self).baseAddress)
            stream.pointee.avail_in = count
            stream.pointee.next_out = room.bindMemory(to: UInt8.self).baseAddress
            stream.pointee.avail_out = UInt32(clamping: min(room.count, message.count + Self.tailBytes))
            let available = Int(stream.pointee.avail_out)
            let status = deflate(stream, Z_SYNC_FLUSH)
            guard status == Z_OK, stream.pointee.avail_in == 0, stream.pointee.avail_out > 0 else { return 0 }
            return available - Int(stream.pointee.avail_out)
        }
        guard payload.readableBytes > Self.tailBytes else { return nil }
        payload.moveWriterIndex(to: payload.writerIndex - Self.tailBytes)
        return payload.readableBytes < message.count ? payload : nil
    }

    /// The end of each flush, 00 00 FF FF, which is not sent.
    private static let tailBytes = 4
}
