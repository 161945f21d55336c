/// Objects written member by member, for what is sent by the thousand: in the order of the names, which need no escapes.
extension [UInt8] {
    /// Writes an object.
    mutating func appendObject(_ members: (inout [UInt8]) -> Void) {
        append(UInt8(ascii: "{"))
        members(&self)
        append(UInt8(ascii: "}"))
    }

    /// Begins a member.
    mutating func appendName(_ name: StaticString) {
        let count = name.utf8CodeUnitCount
        // All of it at once, since each append asks whether the array has room and is nobody else's.
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: count + 4) { text in
            text.initializeElement(at: 0, to: UInt8(ascii: ","))
            text.initializeElement(at: 1, to: UInt8(ascii: "\""))
            _ = text[2...].initialize(fromContentsOf: UnsafeBufferPointer(start: name.utf8Start, count: count))
            text.initializeElement(at: count + 2, to: UInt8(ascii: "\""))
            text.initializeElement(at: count + 3, to: UInt8(ascii: ":"))
            let isFirst = last == UInt8(ascii: "{")
            append(contentsOf: UnsafeBufferPointer(rebasing: text[(isFirst ? 1 : 0)...]))
        }
    }

    mutating func append(_ name: StaticString, _ value: String?) {
        guard let value else { return }
        appendName(name)
        appendJSON(value)
    }

    mutating func append(_ name: StaticString, _ value: Int?) {
        guard let value else { return }
        appendName(name)
        appendJSON(whole: value)
    }

    mutating func append(_ name: StaticString, _ value: Double?) {
        guard let value else { return }
        appendName(name)
        appendJSON(value)
    }

    mutating func append(_ name: StaticString, _ value: Timestamp?) {
        guard let value else { return }
        appendName(name)
        appendJSON(whole: value.milliseconds)
    }

    /// A member that is an object with any names.
    mutating func append<Key: Comparable, Value>(
        _ name: StaticString, _ members: [Key: Value]?, key: (Key) -> String, value: (Value, inout [UInt8]) -> Void
    ) {
        guard let members else { return }
        appendName(name)
        appendObject { json in
            for (name, member) in members.sorted(by: { $0.key < $1.key }) {
                if json.last != UInt8(ascii: "{") { json.append(UInt8(ascii: ",")) }
                json.appendJSON(key(name))
                json.append(UInt8(ascii: ":"))
                value(member, &json)
            }
        }
    }
}
