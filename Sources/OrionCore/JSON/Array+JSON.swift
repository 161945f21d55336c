/// JSON values at the end of text.
extension [UInt8] {
    mutating func appendJSONNull() { append(literal: "null") }

    mutating func appendJSON(_ value: Bool) { append(literal: value ? "true" : "false") }

    mutating func appendJSON(whole value: some FixedWidthInteger) {
        if value < 0 { append(UInt8(ascii: "-")) }
        appendDigits(UInt64(value.magnitude))
    }

    /// A number that is not finite has no JSON, and is written as 0: no measurement is worth a message.
    mutating func appendJSON(_ value: Double) {
        if let whole = Int64(exactly: value), whole.magnitude < 1 << 53 { return appendJSON(whole: whole) }
        if let hundredths = Self.hundredths(value) { return append(hundredths: hundredths, isNegative: value < 0) }
        append(literal: value.isFinite ? value.description : "0")
    }

    /// A number's magnitude in hundredths where two decimals are all that it has, as most measurements do: with 15 digits at
    /// most no shorter text stands for it, so that none has to be searched.
    private static func hundredths(_ value: Double) -> UInt64? {
        let hundredths = (value.magnitude * 100).rounded()
        guard hundredths < 1e15, hundredths / 100 == value.magnitude else { return nil }
        return UInt64(hundredths)
    }

    private mutating func append(hundredths: UInt64, isNegative: Bool) {
        if isNegative { append(UInt8(ascii: "-")) }
        let (whole, fraction) = hundredths.quotientAndRemainder(dividingBy: 100)
        appendDigits(whole)
        append(UInt8(ascii: "."))
        append(UInt8(ascii: "0") + UInt8(fraction / 10))
        if fraction % 10 > 0 { append(UInt8(ascii: "0") + UInt8(fraction % 10)) }
    }

    /// From the last two digits to the first, of 20 at most.
    private mutating func appendDigits(_ value: UInt64) {
        var rest = value
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
            var first = digits.endIndex
            func put(_ digit: UInt8) {
                first -= 1
                digits.initializeElement(at: first, to: UInt8(ascii: "0") + digit)
            }
            while rest >= 10 {
                let pair = UInt8(truncatingIfNeeded: rest % 100)
                rest /= 100
                put(pair % 10)
                put(pair / 10)
            }
            if rest > 0 || first == digits.endIndex { put(UInt8(truncatingIfNeeded: rest)) }
            append(contentsOf: UnsafeBufferPointer(rebasing: digits[first...]))
        }
    }

    mutating func appendJSON(_ value: String) {
        var value = value
        append(UInt8(ascii: "\""))
        value.withUTF8 { text in
            var start = 0
            for index in text.indices {
                let byte = text[index]
                guard byte < 0x20 || byte == 0x22 || byte == 0x5C else { continue }
                append(contentsOf: UnsafeBufferPointer(rebasing: text[start..<index]))
                escape(byte)
                start = index + 1
            }
            append(contentsOf: UnsafeBufferPointer(rebasing: text[start...]))
        }
        append(UInt8(ascii: "\""))
    }

    /// Text that needs no quotes and no escapes.
    private mutating func append(literal: String) {
        var literal = literal
        literal.withUTF8 { append(contentsOf: $0) }
    }

    private mutating func escape(_ byte: UInt8) {
        append(UInt8(ascii: "\\"))
        switch byte {
        case 0x08: append(UInt8(ascii: "b"))
        case 0x09: append(UInt8(ascii: "t"))
        case 0x0A: append(UInt8(ascii: "n"))
        case 0x0C: append(UInt8(ascii: "f"))
        case 0x0D: append(UInt8(ascii: "r"))
        case 0x22, 0x5C: append(byte)
        default: append(literal: (byte < 0x10 ? "u000" : "u00") + String(byte, radix: 16))
        }
    }

    mutating func appendJSON(_ value: JSONValue) {
        switch value {
        case .null: appendJSONNull()
        case .bool(let value): appendJSON(value)
        case .integer(let value): appendJSON(whole: value)
        case .number(let value): appendJSON(value)
        case .string(let value): appendJSON(value)
        case .array(let values):
            append(UInt8(ascii: "["))
            for (index, value) in values.enumerated() {
                if index > 0 { append(UInt8(ascii: ",")) }
                appendJSON(value)
            }
            append(UInt8(ascii: "]"))
        case .object(let members):
            append(UInt8(ascii: "{"))
            for (index, (key, value)) in members.sorted(by: { $0.key < $1.key }).enumerated() {
                if index > 0 { append(UInt8(ascii: ",")) }
                appendJSON(key)
                append(UInt8(ascii: ":"))
                appendJSON(value)
            }
            append(UInt8(ascii: "}"))
        }
    }
}
