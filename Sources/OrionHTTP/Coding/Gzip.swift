import COrionZlib
import NIOCore

/// Bytes in the format of gzip (RFC 1952), by zlib.
enum Gzip {
    /// The fastest: it makes a seventh of a list of services, the slowest (ten times slower) an eighth.
    private static let level: Int32 = 1
    /// 15 for the largest window, and 16 for gzip's header and checksum instead of zlib's.
    private static let windowBits: Int32 = 15 + 16

    /// Nil where that would not be shorter. Some 100 MB/s on one core.
    static func compress(_ bytes: UnsafeRawBufferPointer) -> ByteBuffer? {
        guard let count = UInt32(exactly: bytes.count), count > 0 else { return nil }
        var stream = z_stream()
        // The stream must not move while zlib works on it.
        return withUnsafeMutablePointer(to: &stream) { stream in
            let status = deflateInit2_(
                stream, level, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
                Int32(MemoryLayout<z_stream>.size))
            precondition(status == Z_OK, "deflateInit2: \(status)")
            defer { deflateEnd(stream) }
            stream.pointee.next_in = UnsafeMutablePointer(mutating: bytes.bindMemory(to: UInt8.self).baseAddress)
            stream.pointee.avail_in = count
            return finish(stream, shorterThan: bytes.count)
        }
    }

    private static func finish(_ stream: UnsafeMutablePointer<z_stream>, shorterThan limit: Int) -> ByteBuffer? {
        var result = ByteBuffer()
        var status = Z_OK
        while status == Z_OK, result.readableBytes < limit {
            result.writeWithUnsafeMutableBytes(minimumWritableBytes: max(1024, limit / 8)) { room in
                stream.pointee.next_out = room.bindMemory(to: UInt8.self).baseAddress
                stream.pointee.avail_out = UInt32(clamping: room.count)
                let available = Int(stream.pointee.avail_out)
                status = deflate(stream, Z_FINISH)
                return available - Int(stream.pointee.avail_out)
            }
        }
        return status == Z_STREAM_END && result.readableBytes < limit ? result : nil
    }
}
