import NIOCore

/// The masking of a client's frames (RFC 6455 §5.3): each byte XOR one of four, in turn.
struct Mask: Equatable, Sendable {
    /// The four bytes, the first in the highest place.
    let key: UInt32

    static func random() -> Mask {
        var generator = SystemRandomNumberGenerator()
        return Mask(key: UInt32.random(in: .min ... .max, using: &generator))
    }

    /// Masks or unmasks bytes of a payload that begin `offset` bytes into it.
    func apply(to bytes: UnsafeMutableRawBufferPointer, offset: Int = 0) {
        let shift = UInt32(offset & 3) * 8
        let turned = (key << shift) | (shift == 0 ? 0 : key >> (32 - shift))
        let word = turned.bigEndian
        let wide = UInt64(word) << 32 | UInt64(word)
        var index = 0
        while index + 8 <= bytes.count {
            let value = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            bytes.storeBytes(of: value ^ wide, toByteOffset: index, as: UInt64.self)
            index += 8
        }
        while index < bytes.count {
            bytes[index] ^= UInt8(truncatingIfNeeded: turned >> (24 - UInt32(index & 3) * 8))
            index += 1
        }
    }
}
