extension JSONParser {
    /// A number, from its sign or first digit to past its last one.
    mutating func number() throws(OrionError) -> JSONValue {
        let start = position
        let isNegative = current == UInt8(ascii: "-")
        if isNegative { position += 1 }
        var digits = Digits()
        try digits.take(from: &self, isFraction: false, mayBeginWithZero: false)
        var isInteger = true
        var exponent = 0
        if current == UInt8(ascii: ".") {
            isInteger = false
            position += 1
            try digits.take(from: &self, isFraction: true, mayBeginWithZero: true)
        }
        if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
            isInteger = false
            position += 1
            exponent = try self.exponent()
        }
        guard position - start <= Self.maximumNumberLength else {
            position = start
            throw failure("the number that begins here has more than \(Self.maximumNumberLength) characters")
        }
        if isInteger, let magnitude = digits.mantissa, let value = Int64(magnitude, isNegative: isNegative) {
            return .integer(value)
        }
        if let value = digits.exactValue(exponent: exponent) { return .number(isNegative ? -value : value) }
        guard let value = Double(ascii(start..<position)), value.isFinite else {
            position = start
            throw failure("the number that begins here is larger than any that can be kept")
        }
        return .number(value)
    }

    /// What follows `e`; far out of range is as good as any number out of range.
    private mutating func exponent() throws(OrionError) -> Int {
        let isNegative = current == UInt8(ascii: "-")
        if isNegative || current == UInt8(ascii: "+") { position += 1 }
        var digits = Digits()
        try digits.take(from: &self, isFraction: false, mayBeginWithZero: true)
        let magnitude = Int(min(digits.mantissa ?? 100_000, 100_000))
        return isNegative ? -magnitude : magnitude
    }
}

/// The digits of a number as they are read.
private struct Digits {
    /// All digits as one whole number; nil once that does not fit in 64 bits.
    var mantissa: UInt64? = 0
    /// How many of them stand behind the point.
    var fractionCount = 0

    /// Powers of ten that a `Double` holds exactly.
    private static let powers: [Double] = (0...22).map { exponent in
        (0..<exponent).reduce(1.0) { value, _ in value * 10 }
    }

    mutating func take(
        from parser: inout JSONParser, isFraction: Bool, mayBeginWithZero: Bool
    ) throws(OrionError) {
        let start = parser.position
        while let byte = parser.current, byte.isDigit {
            if let previous = mantissa {
                let (product, overflows) = previous.multipliedReportingOverflow(by: 10)
                let (sum, carries) = product.addingReportingOverflow(UInt64(byte - UInt8(ascii: "0")))
                mantissa = overflows || carries ? nil : sum
            }
            parser.position += 1
        }
        let count = parser.position - start
        guard count > 0 else { throw parser.failure("\(parser.shownByte) stands where a digit is due") }
        if isFraction { fractionCount = count }
        if !mayBeginWithZero, count > 1, parser.bytes[start] == UInt8(ascii: "0") {
            parser.position = start
            throw parser.failure("a number must not begin with 0")
        }
    }

    /// The value by one exactly rounded operation on two exact numbers; nil where it takes more than that.
    func exactValue(exponent: Int) -> Double? {
        guard let mantissa, mantissa <= 1 << 53 else { return nil }
        let scale = exponent - fractionCount
        guard (-22...22).contains(scale) else { return nil }
        return scale < 0 ? Double(mantissa) / Self.powers[-scale] : Double(mantissa) * Self.powers[scale]
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
