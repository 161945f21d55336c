internal import Glibc

/// Reading without a tree, for what comes by the thousand a second.
///
/// Each step takes what it expects, or declines whatever else is there: a member that it does not know or that comes
/// twice, `null`, a value of another type. What is declined is read again by way of the tree, which alone says what is
/// wrong and takes what is merely unusual; so what is taken here must be taken there, and be the same.
///
/// The smallest steps are inlined: to call them took a quarter of a heartbeat's time (`Benchmarks/run --only messages`).
extension JSONParser {
    /// Past the one byte that is due.
    @inline(__always)
    mutating func pull(_ byte: UInt8) throws(JSONDeclined) {
        guard current == byte else { throw JSONDeclined() }
        position += 1
    }

    /// The members of an object that may have any names, each told apart from those before.
    mutating func pullDictionary<Key: Hashable, Value>(
        key: (inout JSONParser) throws(JSONDeclined) -> Key, value: (inout JSONParser) throws(JSONDeclined) -> Value
    ) throws(JSONDeclined) -> [Key: Value] {
        var members: [Key: Value] = [:]
        var isFirst = true
        while try pullNext(&isFirst, from: UInt8(ascii: "{"), to: UInt8(ascii: "}")) {
            let name = try key(&self)
            try pullColon()
            guard members.updateValue(try value(&self), forKey: name) == nil else { throw JSONDeclined() }
        }
        return members
    }

    /// The elements of an array.
    mutating func pullArray<Element>(
        _ element: (inout JSONParser) throws(JSONDeclined) -> Element
    ) throws(JSONDeclined) -> [Element] {
        var elements: [Element] = []
        var isFirst = true
        while try pullNext(&isFirst, from: UInt8(ascii: "["), to: UInt8(ascii: "]")) {
            elements.append(try element(&self))
        }
        return elements
    }

    /// To the next of what an object or an array holds; false once past its end.
    @inline(__always)
    mutating func pullNext(
        _ isFirst: inout Bool, from begin: UInt8, to end: UInt8
    ) throws(JSONDeclined) -> Bool {
        if isFirst { try pull(begin) }
        skipWhitespace()
        if current == end {
            position += 1
            return false
        }
        if !isFirst {
            try pull(UInt8(ascii: ","))
            skipWhitespace()
        }
        isFirst = false
        return true
    }

    /// From a name to its value.
    @inline(__always)
    mutating func pullColon() throws(JSONDeclined) {
        skipWhitespace()
        try pull(UInt8(ascii: ":"))
        skipWhitespace()
    }

    /// Which of the names stands here; the one of that number is looked at first.
    mutating func pullName<Field: JSONField>(of field: Field.Type, from first: Int = 0) throws(JSONDeclined) -> Field {
        let names = Field.names
        for offset in names.indices {
            let number = first + offset < names.count ? first + offset : first + offset - names.count
            if skip(name: names[number]), let field = Field(rawValue: number) { return field }
        }
        throw JSONDeclined()
    }

    /// Past a text in quotes, if it is this one.
    private mutating func skip(name: StaticString) -> Bool {
        let count = name.utf8CodeUnitCount
        guard position + count + 2 <= bytes.count, bytes[position] == UInt8(ascii: "\""),
            bytes[position + count + 1] == UInt8(ascii: "\"")
        else { return false }
        let isSame = bytes.extracting(droppingFirst: position + 1).withUnsafeBytes { text in
            guard let start = text.baseAddress else { return false }
            return memcmp(start, name.utf8Start, count) == 0
        }
        if isSame { position += count + 2 }
        return isSame
    }

    /// Any text.
    mutating func pullText() throws(JSONDeclined) -> String {
        guard current == UInt8(ascii: "\"") else { throw JSONDeclined() }
        do throws(OrionError) { return try string() } catch { throw JSONDeclined() }
    }

    /// An identifier: 1 to 256 printable characters of ASCII without an escape.
    mutating func pullIdentifier() throws(JSONDeclined) -> String {
        try pull(UInt8(ascii: "\""))
        let start = position
        while let byte = current, byte != UInt8(ascii: "\"") {
            guard (0x20..<0x7F).contains(byte), byte != UInt8(ascii: "\\") else { throw JSONDeclined() }
            position += 1
        }
        let range = start..<position
        try pull(UInt8(ascii: "\""))
        guard (1...256).contains(range.count) else { throw JSONDeclined() }
        return ascii(range)
    }

    /// A whole number in the range.
    mutating func pullInteger(in range: ClosedRange<Int>) throws(JSONDeclined) -> Int {
        guard case .integer(let number) = try pullNumber(), let number = Int(exactly: number), range.contains(number)
        else { throw JSONDeclined() }
        return number
    }

    /// Any number.
    mutating func pullDouble() throws(JSONDeclined) -> Double {
        switch try pullNumber() {
        case .integer(let number): return Double(number)
        case .number(let number): return number
        }
    }

    private mutating func pullNumber() throws(JSONDeclined) -> JSONNumber {
        guard let current, current.isDigit || current == UInt8(ascii: "-") else { throw JSONDeclined() }
        do throws(OrionError) { return try number() } catch { throw JSONDeclined() }
    }

    /// Nothing but whitespace follows.
    mutating func pullEnd() throws(JSONDeclined) {
        skipWhitespace()
        guard position == bytes.count else { throw JSONDeclined() }
    }
}

/// The members of an object, as they come: each at most once, and fastest in the order in which they are written.
struct PulledMembers<Field: JSONField> {
    private var seen: UInt64 = 0
    private var isFirst = true
    /// The number of the name that is likely to come.
    private var likely = 0

    /// The next one, whose value is due then; nil once past the object.
    mutating func next(_ parser: inout JSONParser) throws(JSONDeclined) -> Field? {
        guard try parser.pullNext(&isFirst, from: UInt8(ascii: "{"), to: UInt8(ascii: "}")) else { return nil }
        let field = try parser.pullName(of: Field.self, from: likely)
        let bit: UInt64 = 1 << UInt64(field.rawValue)
        guard seen & bit == 0 else { throw JSONDeclined() }
        seen |= bit
        likely = field.rawValue + 1
        try parser.pullColon()
        return field
    }
}

/// Names that may stand somewhere, numbered from 0; those of an object's fields in the order in which they are written.
protocol JSONField: RawRepresentable<Int> {
    /// The names, by number; at most 64.
    static var names: [StaticString] { get }
}

/// What stands there is not what is usual: it has to be read by way of the tree.
struct JSONDeclined: Error {}
