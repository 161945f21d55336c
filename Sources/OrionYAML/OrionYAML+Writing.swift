public import OrionCore

extension OrionYAML {
    /// A value as YAML in block style, keys sorted; what it reads back is the same value.
    public static func text(of value: JSONValue) -> String {
        var writer = YAMLWriter()
        writer.write(value, indent: 0, after: .nothing)
        return writer.text
    }
}

/// Writes YAML line by line.
private struct YAMLWriter {
    var text = ""

    /// What stands on the line already.
    enum Position { case nothing, key, dash }

    mutating func write(_ value: JSONValue, indent: Int, after position: Position) {
        switch value {
        case .object(let members) where !members.isEmpty:
            for (index, (key, value)) in members.sorted(by: { $0.key < $1.key }).enumerated() {
                begin(indent, after: index == 0 ? position : .nothing)
                text += Self.scalar(key) + ":"
                write(value, indent: indent + 2, after: .key)
            }
        case .array(let values) where !values.isEmpty:
            for (index, element) in values.enumerated() {
                begin(indent, after: index == 0 ? position : .nothing)
                text += "-"
                write(element, indent: indent + 2, after: .dash)
            }
        default: text += (position == .nothing ? "" : " ") + Self.scalar(value) + "\n"
        }
    }

    /// Begins a member or an element: the first one after a dash stands on its line.
    private mutating func begin(_ indent: Int, after position: Position) {
        switch position {
        case .nothing: text += String(repeating: " ", count: indent)
        case .key: text += "\n" + String(repeating: " ", count: indent)
        case .dash: text += " "
        }
    }

    private static func scalar(_ value: JSONValue) -> String {
        switch value {
        case .array: "[]"
        case .object: "{}"
        case .string(let text): scalar(text)
        default: String(decoding: OrionJSON.encode(value), as: UTF8.self)
        }
    }

    /// A string, plain where it reads back as itself, else in double quotes.
    private static func scalar(_ text: String) -> String {
        if isPlain(text) { return text }
        let quoted = text.unicodeScalars.map { scalar -> String in
            switch scalar {
            case "\"": "\\\""
            case "\\": "\\\\"
            case "\n": "\\n"
            case "\t": "\\t"
            case _ where isPrintable(scalar): String(scalar)
            default: "\\U" + hexadecimal(scalar.value)
            }
        }
        return "\"\(quoted.joined())\""
    }

    /// Whether a reader takes it as it is (YAML 1.2, 5.1), and none takes it for the end of a line.
    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20...0x7E, 0xA0...0x2027, 0x202A...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD, 0x10000...0x10FFFF: true
        default: false
        }
    }

    private static func hexadecimal(_ value: UInt32) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }

    private static func isPlain(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first, first.properties.isAlphabetic || first == "/" || first == "_"
        else { return false }
        // Words that this schema or the older one of other readers takes for something else.
        let words = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"]
        guard !words.contains(text.lowercased()), text.unicodeScalars.last != " " else { return false }
        return text.unicodeScalars.allSatisfy { scalar in
            scalar.isASCII && (scalar.properties.isAlphabetic || "0123456789-_./%+@= ".unicodeScalars.contains(scalar))
        }
    }
}
