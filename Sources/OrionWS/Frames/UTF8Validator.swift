/// Checks text that comes in pieces, and fails at the first byte that no continuation could make valid
/// (Unicode 15, table 3-7).
struct UTF8Validator {
    private var missing: UInt8 = 0
    private var lowest: UInt8 = 0x80
    private var highest: UInt8 = 0xBF

    /// Whether the text may end here.
    var isComplete: Bool { missing == 0 }

    /// False as soon as the text is invalid; it must not be asked again then.
    mutating func accepts(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var index = 0
        while index < bytes.count {
            if missing == 0 {
                index = Self.skipCharacters(bytes, from: index)
                guard index < bytes.count else { return true }
                guard begin(bytes[index]) else { return false }
            } else {
                guard lowest <= bytes[index], bytes[index] <= highest else { return false }
                missing -= 1
                (lowest, highest) = (0x80, 0xBF)
            }
            index += 1
        }
        return true
    }

    private mutating func begin(_ byte: UInt8) -> Bool {
        switch byte {
        case 0xC2...0xDF: missing = 1
        case 0xE0: (missing, lowest) = (2, 0xA0)
        case 0xE1...0xEC, 0xEE...0xEF: missing = 2
        case 0xED: (missing, highest) = (2, 0x9F)
        case 0xF0: (missing, lowest) = (3, 0x90)
        case 0xF1...0xF3: missing = 3
        case 0xF4: (missing, highest) = (3, 0x8F)
        default: return byte < 0x80
        }
        return true
    }

    /// Skips valid characters, as far as there are enough bytes behind to look at several at once.
    private static func skipCharacters(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        var index = start
        while true {
            index = skipASCII(bytes, from: index)
            let before = index
            while index + 4 <= bytes.count {
                let count = lengthOfCharacter(bytes.loadUnaligned(fromByteOffset: index, as: UInt32.self))
                if count == 0 { break }
                index += count
            }
            if index == before { return index }
        }
    }

    private static func skipASCII(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        let highBits: UInt64 = 0x8080_8080_8080_8080
        var index = start
        while index + 8 <= bytes.count {
            let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)) & highBits
            guard word == 0 else { return index + word.trailingZeroBitCount / 8 }
            index += 8
            while index + 32 <= bytes.count {
                let words = bytes.loadUnaligned(fromByteOffset: index, as: SIMD4<UInt64>.self)
                guard (words[0] | words[1] | words[2] | words[3]) & highBits == 0 else { break }
                index += 32
            }
        }
        return index
    }

    /// How long the character is that four bytes begin with; 0 where it is ASCII or none.
    private static func lengthOfCharacter(_ bytes: UInt32) -> Int {
        // The first byte is the lowest.
        let word = UInt32(littleEndian: bytes)
        if word & 0x0000_C0E0 == 0x0000_80C0 {
            return word & 0x1E != 0 ? 2 : 0
        }
        if word & 0x00C0_C0F0 == 0x0080_80E0 {
            // Neither too long a form (E0 80…9F) nor a surrogate (ED A0…BF).
            let edge = word & 0x0000_200F
            return edge != 0 && edge != 0x0000_200D ? 3 : 0
        }
        if word & 0xC0C0_C0F8 == 0x8080_80F0 {
            // Neither too long a form (F0 80…8F) nor beyond U+10FFFF (F4 90…, F5…).
            return word & 0x0000_3007 != 0 && (word & 0x4 == 0 || word & 0x0000_3003 == 0) ? 4 : 0
        }
        return 0
    }
}
