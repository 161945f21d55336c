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
        let word = SIMD16<UInt32>(repeating: turned.bigEndian)
        var index = 0
        // 64 bytes at a time: as fast as memory is, whatever the processor's registers.
        while index + 64 <= bytes.count {
            let value = bytes.loadUnaligned(fromByteOffset: index, as: SIMD16<UInt32>.self)
            bytes.storeBytes(of: value ^ word, toByteOffset: index, as: SIMD16<UInt32>.self)
            index += 64
        }
        while index + 4 <= bytes.count {
            let value = bytes.loadUnaligned(fromByteOffset: index, as: UInt32.self)
            bytes.storeBytes(of: value ^ word[0], toByteOffset: index, as: UInt32.self)
            index += 4
        }
        while index < bytes.count {
            bytes[index] ^= UInt8(truncatingIfNeeded: turned >> (24 - UInt32(index & 3) * 8))
            index += 1
        }
    }
}
