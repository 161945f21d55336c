/// JSON as Orion writes and reads it: UTF-8, keys sorted, no escaped slashes.
public enum OrionJSON {
    /// The bytes of a value; keys sorted, so that equal values give equal bytes. A number that is not finite is written
    /// as 0. A conformance of another's that throws is a broken invariant.
    public static func encode(_ value: some Encodable) -> [UInt8] {
        let output = JSONOutput()
        do {
            try output.encode(value)
            return output.text.bytes
        } catch {
            preconditionFailure("\(type(of: value)) has no JSON: \(error)")
        }
    }

    /// The bytes of an object whose members are those of `value`, which must have one, and members that are JSON already.
    static func splice(_ value: some Encodable, _ members: KeyValuePairs<String, [UInt8]>) -> [UInt8] {
        var bytes = encode(value)
        bytes.reserveCapacity(bytes.count + members.reduce(0) { $0 + $1.key.utf8.count + $1.value.count + 4 })
        bytes.removeLast()
        for (name, json) in members {
            bytes.append(UInt8(ascii: ","))
            bytes += encode(name)
            bytes.append(UInt8(ascii: ":"))
            bytes += json
        }
        bytes.append(UInt8(ascii: "}"))
        return bytes
    }

    /// Parses one JSON text strictly (RFC 8259): no duplicate keys, at most 64 levels. What is no JSON throws
    /// `.malformed`, with line and column.
    public static func parse(_ bytes: [UInt8]) throws(OrionError) -> JSONValue { try parse(bytes.span) }

    /// Parses one JSON text strictly, where it stands.
    public static func parse(_ bytes: Span<UInt8>) throws(OrionError) -> JSONValue {
        var parser = JSONParser(bytes)
        return try parser.document()
    }

    /// Reads a record, a specification or a message; unknown members are ignored, missing ones get their defaults.
    /// What is no JSON throws `.malformed`, what the type does not take `.invalid` with each place.
    public static func decode<Value: JSONReadable>(
        _ type: Value.Type, from bytes: [UInt8]
    ) throws(OrionError) -> Value {
        try read(type, from: parse(bytes))
    }

    /// Reads a value that was parsed before, in the manner of `decode`.
    public static func read<Value: JSONReadable>(_ type: Value.Type, from value: JSONValue) throws(OrionError) -> Value
    {
        let reader = JSONReader(.lenient)
        let result = Value.read(value, by: reader)
        try reader.finish("\(type)")
        guard let result else { throw OrionError(.invalid, "invalid \(type): it could not be read") }
        return result
    }
}
