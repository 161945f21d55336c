internal import OrionCore
internal import Yams

/// What a scalar stands for by the core schema of YAML 1.2 (chapter 10.3): `yes` and `0o` are no surprise there.
enum CoreSchema {
    private static let prefix = "tag:yaml.org,2002:"

    /// The value of a scalar: plain ones are resolved by their form, quoted ones are strings, tagged ones what their tag
    /// says.
    static func value(of scalar: Node.Scalar) throws(OrionError) -> JSONValue {
        let tag = scalar.tag.rawValue
        let text = scalar.string
        switch tag {
        case "": return scalar.style == .plain ? try plain(scalar) : .string(text)
        case "!", prefix + "str": return .string(text)
        case prefix + "null", prefix + "bool", prefix + "int", prefix + "float":
            let value = try plain(scalar)
            switch (tag.dropFirst(prefix.count), value) {
            case ("null", .null), ("bool", .bool), ("int", .integer), ("float", .number), ("float", .integer):
                return value
            default:
                throw YAMLFailure.make("`\(text.prefix(40))` is no \(tag.dropFirst(prefix.count))", at: scalar.mark)
            }
        default: throw YAMLFailure.make("the tag \(tag) is not known here", at: scalar.mark)
        }
    }

    private static func plain(_ scalar: Node.Scalar) throws(OrionError) -> JSONValue {
        let text = scalar.string
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .bool(true)
        case "false", "False", "FALSE": return .bool(false)
        default: break
        }
        // Almost all scalars are words: one look at the first byte spares them the rest.
        guard let first = text.utf8.first, "+-.0123456789".utf8.contains(first) else { return .string(text) }
        if let number = number(text) {
            guard number != .number(.infinity), number != .number(-.infinity) else { throw outOfRange(scalar) }
            return number
        }
        let unsigned = first == UInt8(ascii: "+") || first == UInt8(ascii: "-") ? text.dropFirst() : text[...]
        if [".inf", ".Inf", ".INF"].contains(unsigned) || [".nan", ".NaN", ".NAN"].contains(text) {
            throw outOfRange(scalar)
        }
        return .string(text)
    }

    private static func outOfRange(_ scalar: Node.Scalar) -> OrionError {
        YAMLFailure.make("`\(scalar.string.prefix(40))` is no number that can be kept", at: scalar.mark)
    }

    /// A number in one of the schema's forms.
    static func number(_ text: String) -> JSONValue? {
        if text.hasPrefix("0o") { return integer(text.dropFirst(2), radix: 8) }
        if text.hasPrefix("0x") { return integer(text.dropFirst(2), radix: 16) }
        var bytes = Array(text.utf8)[...]
        if bytes.first == UInt8(ascii: "+") || bytes.first == UInt8(ascii: "-") { bytes.removeFirst() }
        let whole = takeDigits(&bytes)
        var fraction = 0
        let hasPoint = bytes.first == UInt8(ascii: ".")
        if hasPoint {
            bytes.removeFirst()
            fraction = takeDigits(&bytes)
        }
        guard whole + fraction > 0 else { return nil }
        if bytes.isEmpty, !hasPoint {
            return Int64(text).map(JSONValue.integer) ?? Double(text).map(JSONValue.number)
        }
        if bytes.first == UInt8(ascii: "e") || bytes.first == UInt8(ascii: "E") {
            bytes.removeFirst()
            if bytes.first == UInt8(ascii: "+") || bytes.first == UInt8(ascii: "-") { bytes.removeFirst() }
            guard takeDigits(&bytes) > 0 else { return nil }
        }
        guard bytes.isEmpty else { return nil }
        return Double(text).map(JSONValue.number)
    }

    private static func takeDigits(_ bytes: inout ArraySlice<UInt8>) -> Int {
        let count = bytes.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }.count
        bytes.removeFirst(count)
        return count
    }

    private static func integer(_ digits: Substring, radix: Int) -> JSONValue? {
        guard let first = digits.utf8.first, first != UInt8(ascii: "+"), first != UInt8(ascii: "-") else { return nil }
        return Int64(digits, radix: radix).map(JSONValue.integer)
    }
}
