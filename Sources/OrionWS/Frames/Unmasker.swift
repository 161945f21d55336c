import NIOCore

/// Undoes the masking of a client's frames where they lie: all that a read has brought, in one pass, before any of it is
/// handed on.
///
/// So the bytes are written to only while nobody else holds them. Frame by frame it would be otherwise: an owner that
/// keeps the first message would make each later frame copy all that was read.
struct Unmasker {
    /// So many bytes at the front need no more unmasking.
    private var ready = 0
    /// What is to come of the payload that `ready` ends in.
    private var missing = 0
    private var mask = Mask(key: 0)
    /// Where in the payload `ready` ends.
    private var offset = 0

    /// The bytes, which begin where ``took(_:)`` has left off, have become more.
    mutating func unmask(_ buffer: inout ByteBuffer) {
        // Only looked at first, since a look copies nothing.
        guard buffer.withUnsafeReadableBytes({ isMasked($0) }) else { return }
        buffer.withUnsafeMutableReadableBytes { bytes in
            while next(bytes) {}
        }
    }

    /// So many bytes were taken from the front.
    mutating func took(_ count: Int) {
        ready -= count
    }

    /// Whether there is something of a payload behind `ready`.
    private func isMasked(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count > ready else { return false }
        return missing > 0 || Self.header(bytes, at: ready) != nil
    }

    /// Passes the rest of a payload, or a header; false where that takes more bytes.
    private mutating func next(_ bytes: UnsafeMutableRawBufferPointer) -> Bool {
        if missing > 0 {
            let count = min(missing, bytes.count - ready)
            guard count > 0 else { return false }
            mask.apply(to: UnsafeMutableRawBufferPointer(rebasing: bytes[ready..<ready + count]), offset: offset)
            ready += count
            missing -= count
            offset += count
            return true
        }
        guard let header = Self.header(UnsafeRawBufferPointer(bytes), at: ready) else { return false }
        ready += header.bytes
        missing = header.count
        mask = header.mask
        offset = 0
        return true
    }

    /// The header at an index, if it is all there and is one that ``FrameHeader`` could let pass.
    private static func header(
        _ bytes: UnsafeRawBufferPointer, at start: Int
    ) -> (bytes: Int, count: Int, mask: Mask)? {
        guard start + 2 <= bytes.count, bytes[start + 1] & 0x80 != 0 else { return nil }
        let short = Int(bytes[start + 1] & 0x7F)
        let lengthBytes = short == 127 ? 8 : short == 126 ? 2 : 0
        let end = start + 2 + lengthBytes + 4
        guard end <= bytes.count else { return nil }
        let count: Int? =
            switch lengthBytes {
            case 8: Int(exactly: bytes.loadUnaligned(fromByteOffset: start + 2, as: UInt64.self).bigEndian)
            case 2: Int(bytes.loadUnaligned(fromByteOffset: start + 2, as: UInt16.self).bigEndian)
            default: short
            }
        guard let count else { return nil }
        return (end - start, count, Mask(key: bytes.loadUnaligned(fromByteOffset: end - 4, as: UInt32.self).bigEndian))
    }
}
