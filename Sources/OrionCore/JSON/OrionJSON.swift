internal import FoundationEssentials

/// JSON as Orion writes and reads it: UTF-8, keys sorted, no escaped slashes.
public enum OrionJSON {
    /// The bytes of a value; keys sorted, so that equal values give equal bytes.
    public static func encode(_ value: some Encodable) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return Array(try encoder.encode(value))
        } catch {
            preconditionFailure("\(type(of: value)) has no JSON: \(error)")
        }
    }

    /// Parses one JSON text strictly (RFC 8259): no duplicate keys, at most 64 levels.
    public static func parse(_ bytes: [UInt8]) throws(OrionError) -> JSONValue {
        throw OrionError(.invalid, "not built yet")
    }

    /// Reads a record, a specification or a message; unknown members are ignored, missing ones get their defaults.
    public static func decode<Value: JSONReadable>(
        _ type: Value.Type, from bytes: [UInt8]
    ) throws(OrionError) -> Value {
        throw OrionError(.invalid, "not built yet")
    }
}

/// What can be read from JSON.
public protocol JSONReadable {}
