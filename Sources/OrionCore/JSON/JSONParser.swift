/// A strict parser of JSON text (RFC 8259): one value in UTF-8, no duplicate keys, no lone surrogates, numbers that are
/// finite, at most `maximumDepth` levels. Linear in the length of the text.
struct JSONParser: ~Escapable {
    /// Levels of arrays and objects: far more than any document of ours has, far fewer than the stack holds.
    static let maximumDepth = 64
    /// Characters of a number: more digits than any number has that a `Double` can tell from its neighbour.
    static let maximumNumberLength = 1024

    let bytes: Span<UInt8>
    var position = 0

    @_lifetime(copy bytes)
    init(_ bytes: Span<UInt8>) { self.bytes = bytes }

    /// The one value that the text holds.
    mutating func document() throws(OrionError) -> JSONValue {
        if bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF {
            throw failure("a byte order mark stands before the JSON: save it as UTF-8 without one")
        }
        skipWhitespace()
        guard position < bytes.count else { throw failure("there is nothing: JSON has to hold one value") }
        let value = try value(depth: 0)
        skipWhitespace()
        guard position == bytes.count else { throw failure("\(shownByte) follows the end of the JSON value") }
        return value
    }

    /// The byte at the position; nil at the end.
    var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    @inline(__always)
    mutating func skipWhitespace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }

    private mutating func value(depth: Int) throws(OrionError) -> JSONValue {
        switch current {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        case let byte? where byte == UInt8(ascii: "-") || byte.isDigit: return JSONValue(try number())
        case nil: throw failure("the text ends where a value is due")
        default: throw failure("\(shownByte) stands where a value is due")
        }
    }

    private mutating func literal(_ text: StaticString, _ value: JSONValue) throws(OrionError) -> JSONValue {
        for index in 0..<text.utf8CodeUnitCount {
            guard current == text.utf8Start[index] else {
                throw failure("\(shownByte) stands where `\(text)` should go on")
            }
            position += 1
        }
        return value
    }

    private mutating func array(depth: Int) throws(OrionError) -> JSONValue {
        try enter(depth)
        var elements: [JSONValue] = []
        if skip(to: UInt8(ascii: "]")) { return .array(elements) }
        while true {
            elements.append(try value(depth: depth + 1))
            if skip(to: UInt8(ascii: "]")) { return .array(elements) }
            guard current == UInt8(ascii: ",") else {
                throw failure("\(shownByte) stands where `,` or `]` is due in an array")
            }
            position += 1
            skipWhitespace()
            if current == UInt8(ascii: "]") { throw failure("a comma stands before `]`: take it out") }
        }
    }

    private mutating func object(depth: Int) throws(OrionError) -> JSONValue {
        try enter(depth)
        var members: [String: JSONValue] = [:]
        if skip(to: UInt8(ascii: "}")) { return .object(members) }
        while true {
            let start = position
            guard current == UInt8(ascii: "\"") else {
                throw failure("\(shownByte) stands where a key in double quotes is due")
            }
            let key = try string()
            skipWhitespace()
            guard current == UInt8(ascii: ":") else {
                throw failure("\(shownByte) stands where `:` is due after a key")
            }
            position += 1
            skipWhitespace()
            let value = try value(depth: depth + 1)
            if members.updateValue(value, forKey: key) != nil {
                position = start
                throw failure("the key \(JSONValue.string(key).shown) is there twice in one object")
            }
            if skip(to: UInt8(ascii: "}")) { return .object(members) }
            guard current == UInt8(ascii: ",") else {
                throw failure("\(shownByte) stands where `,` or `}` is due in an object")
            }
            position += 1
            skipWhitespace()
            if current == UInt8(ascii: "}") { throw failure("a comma stands before `}`: take it out") }
        }
    }

    /// Past an opening bracket, if there may be one more level.
    private mutating func enter(_ depth: Int) throws(OrionError) {
        guard depth < Self.maximumDepth else {
            throw failure("it is nested deeper than \(Self.maximumDepth) levels")
        }
        position += 1
    }

    /// Past whitespace, and past `end` if that follows.
    private mutating func skip(to end: UInt8) -> Bool {
        skipWhitespace()
        guard current == end else { return false }
        position += 1
        return true
    }
}

extension UInt8 {
    /// Whether it is one of `0` to `9` in ASCII.
    var isDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }
}
