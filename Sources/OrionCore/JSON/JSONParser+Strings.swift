extension JSONParser {
    /// A string, from its opening quote to past its closing one.
    mutating func string() throws(OrionError) -> String {
        position += 1
        let start = position
        var seen: UInt8 = 0
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                position += 1
                let range = start..<position - 1
                return seen < 0x80 ? ascii(range) : try text(bytes.extracting(range), from: start)
            }
            if byte == UInt8(ascii: "\\") { return try escapedString(from: start) }
            guard byte >= 0x20 else { throw controlCharacter() }
            seen |= byte
            position += 1
        }
        throw failure("a string has no closing quote")
    }

    /// The rest of a string that has escapes: collected in a buffer of its own.
    private mutating func escapedString(from start: Int) throws(OrionError) -> String {
        var buffer = (start..<position).map { bytes[$0] }
        while position < bytes.count {
            let byte = bytes[position]
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return try text(buffer.span, from: start)
            case UInt8(ascii: "\\"):
                position += 1
                try escape(into: &buffer)
            default:
                guard byte >= 0x20 else { throw controlCharacter() }
                buffer.append(byte)
                position += 1
            }
        }
        throw failure("a string has no closing quote")
    }

    /// What follows a backslash.
    private mutating func escape(into buffer: inout [UInt8]) throws(OrionError) {
        guard let byte = current else { throw failure("a string has no closing quote") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): buffer.append(byte)
        case UInt8(ascii: "b"): buffer.append(0x08)
        case UInt8(ascii: "f"): buffer.append(0x0C)
        case UInt8(ascii: "n"): buffer.append(0x0A)
        case UInt8(ascii: "r"): buffer.append(0x0D)
        case UInt8(ascii: "t"): buffer.append(0x09)
        case UInt8(ascii: "u"): buffer.append(contentsOf: String(try scalar()).utf8)
        default:
            position -= 1
            throw failure("\(shownByte) after a backslash is no escape of JSON")
        }
    }

    /// What follows `\u`: four digits, or a pair of surrogates.
    private mutating func scalar() throws(OrionError) -> Character {
        let high = try hexadecimalDigits()
        if let scalar = Unicode.Scalar(UInt32(high)) { return Character(scalar) }
        guard (0xD800...0xDBFF).contains(high) else { throw failure("a low surrogate has no high one before it") }
        guard current == UInt8(ascii: "\\"), position + 1 < bytes.count, bytes[position + 1] == UInt8(ascii: "u") else {
            throw failure("a high surrogate has no low one after it")
        }
        position += 2
        let low = try hexadecimalDigits()
        guard (0xDC00...0xDFFF).contains(low),
            let scalar = Unicode.Scalar(0x10000 + (UInt32(high) - 0xD800) << 10 + (UInt32(low) - 0xDC00))
        else { throw failure("a high surrogate has no low one after it") }
        return Character(scalar)
    }

    private mutating func hexadecimalDigits() throws(OrionError) -> UInt16 {
        var value: UInt16 = 0
        for _ in 0..<4 {
            let digit: UInt8
            switch current {
            case let byte? where (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte):
                digit = byte - UInt8(ascii: "0")
            case let byte? where (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte):
                digit = byte - UInt8(ascii: "a") + 10
            case let byte? where (UInt8(ascii: "A")...UInt8(ascii: "F")).contains(byte):
                digit = byte - UInt8(ascii: "A") + 10
            default: throw failure("`\\u` needs four hexadecimal digits")
            }
            value = value << 4 | UInt16(digit)
            position += 1
        }
        return value
    }

    private func controlCharacter() -> OrionError {
        failure("\(shownByte) stands in a string: write it as an escape such as `\\n`, or close the string before it")
    }

    /// What stands there; it has to be ASCII.
    func ascii(_ range: Range<Int>) -> String {
        String(copying: UTF8Span(unchecked: bytes.extracting(range), isKnownASCII: true))
    }

    private mutating func text(_ bytes: Span<UInt8>, from start: Int) throws(OrionError) -> String {
        do {
            return String(copying: try UTF8Span(validating: bytes))
        } catch {
            position = start
            throw failure("the string that begins here is not UTF-8")
        }
    }
}
