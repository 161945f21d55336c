/// Reading without a tree, for what comes by the thousand a second.
///
/// Each step takes what it expects, or declines whatever else is there: a member that it does not know or that comes
/// twice, `null`, a value of another type. What is declined is read again by way of the tree, which alone says what is
/// wrong and takes what is merely unusual; so what is taken here must be taken there, and be the same.
extension JSONParser {
    /// Past the one byte that is due.
    mutating func pull(_ byte: UInt8) throws(JSONDeclined) {
        guard current == byte else { throw JSONDeclined() }
        position += 1
    }

    /// The members of an object, as they come; the fields are looked for in the order of their declaration.
    mutating func pullMembers<Field: JSONField>(
        _ field: Field.Type, _ read: (Field, inout JSONParser) throws(JSONDeclined) -> Void
    ) throws(JSONDeclined) {
        var seen: UInt64 = 0
        var next = 0
        try pullEach(from: UInt8(ascii: "{"), to: UInt8(ascii: "}")) { (parser) throws(JSONDeclined) in
            let field = try parser.pullName(of: field, from: next)
            let bit: UInt64 = 1 << field.rawValue
            guard seen & bit == 0 else { throw JSONDeclined() }
            seen |= bit
            next = field.rawValue + 1
            try parser.pullColon()
            try read(field, &parser)
        }
    }

    /// The members of an object that may have any names, each told apart from those before.
    mutating func pullDictionary<Key: Hashable, Value>(
        key: (inout JSONParser) throws(JSONDeclined) -> Key, value: (inout JSONParser) throws(JSONDeclined) -> Value
    ) throws(JSONDeclined) -> [Key: Value] {
        var members: [Key: Value] = [:]
        try pullEach(from: UInt8(ascii: "{"), to: UInt8(ascii: "}")) { (parser) throws(JSONDeclined) in
            let name = try key(&parser)
            try parser.pullColon()
            guard members.updateValue(try value(&parser), forKey: name) == nil else { throw JSONDeclined() }
        }
        return members
    }

    /// The elements of an array.
    mutating func pullArray<Element>(
        _ element: (inout JSONParser) throws(JSONDeclined) -> Element
    ) throws(JSONDeclined) -> [Element] {
        var elements: [Element] = []
        try pullEach(from: UInt8(ascii: "["), to: UInt8(ascii: "]")) { (parser) throws(JSONDeclined) in
            elements.append(try element(&parser))
        }
        return elements
    }

    private mutating func pullEach(
        from begin: UInt8, to end: UInt8, _ read: (inout JSONParser) throws(JSONDeclined) -> Void
    ) throws(JSONDeclined) {
        try pull(begin)
        skipWhitespace()
        if current == end { return position += 1 }
        while true {
            try read(&self)
            skipWhitespace()
            if current == end { return position += 1 }
            try pull(UInt8(ascii: ","))
            skipWhitespace()
        }
    }

    private mutating func pullColon() throws(JSONDeclined) {
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
        for index in 0..<count where bytes[position + 1 + index] != name.utf8Start[index] { return false }
        position += count + 2
        return true
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
        default: throw JSONDeclined()
        }
    }

    private mutating func pullNumber() throws(JSONDeclined) -> JSONValue {
        do throws(OrionError) { return try number() } catch { throw JSONDeclined() }
    }

    /// Nothing but whitespace follows.
    mutating func pullEnd() throws(JSONDeclined) {
        skipWhitespace()
        guard position == bytes.count else { throw JSONDeclined() }
    }
}

/// Names that may stand somewhere, numbered from 0; those of an object's fields in the order in which they are written.
protocol JSONField: RawRepresentable<Int> {
    /// The names, by number; at most 64.
    static var names: [StaticString] { get }
}

/// What stands there is not what is usual: it has to be read by way of the tree.
struct JSONDeclined: Error {}
