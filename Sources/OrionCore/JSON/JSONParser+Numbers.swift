/// A number of JSON: a whole one where it is written so and fits.
enum JSONNumber {
    case integer(Int64)
    case number(Double)
}

extension JSONParser {
    /// Digits of which any number fits in 64 bits.
    private static let safeDigits = 19
    /// Powers of ten that a `Double` holds exactly.
    private static let powers: [Double] = [
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22,
    ]

    /// A number, from its sign or first digit to past its last one.
    mutating func number() throws(OrionError) -> JSONNumber {
        let start = position
        let isNegative = current == UInt8(ascii: "-")
        if isNegative { position += 1 }
        var mantissa: UInt64 = 0
        var count = try wholeDigits(of: &mantissa)
        var isInteger = true
        var scale = 0
        if current == UInt8(ascii: ".") {
            isInteger = false
            position += 1
            scale = -(try digits(of: &mantissa))
            count -= scale
        }
        if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
            isInteger = false
            position += 1
            scale += try exponent()
        }
        guard position - start <= Self.maximumNumberLength else {
            position = start
            throw failure("the number that begins here has more than \(Self.maximumNumberLength) characters")
        }
        if count <= Self.safeDigits {
            if isInteger, let value = Int64(mantissa, isNegative: isNegative) { return .integer(value) }
            if let value = Self.exact(mantissa, scale) { return .number(isNegative ? -value : value) }
        }
        guard let value = Double(ascii(start..<position)), value.isFinite else {
            position = start
            throw failure("the number that begins here is larger than any that can be kept")
        }
        return .number(value)
    }

    /// Past digits, which are put behind those of the number; gives how many. It is wrong where it has more than
    /// `safeDigits`.
    private mutating func digits(of number: inout UInt64) throws(OrionError) -> Int {
        // In variables of their own, which can stay in registers.
        var (end, value) = (position, number)
        while end + 8 <= bytes.count, let digits = eightDigits(at: end) {
            value = value &* 100_000_000 &+ digits
            end += 8
        }
        while end < bytes.count, case let digit = bytes[end] &- UInt8(ascii: "0"), digit < 10 {
            value = value &* 10 &+ UInt64(digit)
            end += 1
        }
        let count = end - position
        guard count > 0 else { throw failure("\(shownByte) stands where a digit is due") }
        (position, number) = (end, value)
        return count
    }

    /// The number of the eight digits there, all at once: in each step two neighbours become one number, of two digits, of
    /// four, of eight. Nil where one of the bytes is no digit.
    private func eightDigits(at index: Int) -> UInt64? {
        let text = UInt64(littleEndian: bytes.bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self))
        // The upper halves of digits are 3, and stay so where 6 is added to the lower.
        let halves: UInt64 = 0xF0F0_F0F0_F0F0_F0F0
        let raised = text &+ 0x0606_0606_0606_0606
        guard text & halves | (raised & halves) >> 4 == 0x3333_3333_3333_3333 else { return nil }
        let digits = text &- 0x3030_3030_3030_3030
        let pairs = (digits &* 10 &+ digits >> 8) & 0x00FF_00FF_00FF_00FF
        let fours = (pairs &* 100 &+ pairs >> 16) & 0x0000_FFFF_0000_FFFF
        return (fours &* 10_000 &+ fours >> 32) & 0xFFFF_FFFF
    }

    /// Those before a point, of which the first may be 0 only if it is alone.
    private mutating func wholeDigits(of number: inout UInt64) throws(OrionError) -> Int {
        let start = position
        let count = try digits(of: &number)
        guard count == 1 || bytes[start] != UInt8(ascii: "0") else {
            position = start
            throw failure("a number must not begin with 0")
        }
        return count
    }

    /// What follows `e`; far out of range is as good as any number out of range.
    private mutating func exponent() throws(OrionError) -> Int {
        let isNegative = current == UInt8(ascii: "-")
        if isNegative || current == UInt8(ascii: "+") { position += 1 }
        var magnitude: UInt64 = 0
        let isSafe = try digits(of: &magnitude) <= Self.safeDigits
        let limited = isSafe ? Int(min(magnitude, 100_000)) : 100_000
        return isNegative ? -limited : limited
    }

    /// The value by one exactly rounded operation on two exact numbers; nil where it takes more than that.
    private static func exact(_ mantissa: UInt64, _ scale: Int) -> Double? {
        guard mantissa <= 1 << 53, (-22...22).contains(scale) else { return nil }
        return scale < 0 ? Double(mantissa) / powers[-scale] : Double(mantissa) * powers[scale]
    }
}

extension JSONValue {
    init(_ number: JSONNumber) {
        switch number {
        case .integer(let value): self = .integer(value)
        case .number(let value): self = .number(value)
        }
    }
}

extension Int64 {
    /// The number of that magnitude and sign; nil where it does not fit.
    fileprivate init?(_ magnitude: UInt64, isNegative: Bool) {
        if isNegative {
            guard magnitude <= UInt64(Int64.max) + 1 else { return nil }
            self = magnitude == UInt64(Int64.max) + 1 ? .min : -Int64(magnitude)
        } else {
            guard let value = Int64(exactly: magnitude) else { return nil }
            self = value
        }
    }
}
