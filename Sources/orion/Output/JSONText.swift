import OrionCore

/// JSON for people: two spaces a level, keys sorted.
enum JSONText {
    static func pretty(_ value: JSONValue) -> String { pretty(value, indent: "") }

    private static func pretty(_ value: JSONValue, indent: String) -> String {
        let deeper = indent + "  "
        switch value {
        case .object(let members) where !members.isEmpty:
            let lines = members.sorted { $0.key < $1.key }.map { key, member in
                deeper + scalar(.string(key)) + ": " + pretty(member, indent: deeper)
            }
            return "{\n" + lines.joined(separator: ",\n") + "\n" + indent + "}"
        case .array(let elements) where !elements.isEmpty:
            let lines = elements.map { deeper + pretty($0, indent: deeper) }
            return "[\n" + lines.joined(separator: ",\n") + "\n" + indent + "]"
        default:
            return scalar(value)
        }
    }

    private static func scalar(_ value: JSONValue) -> String {
        String(decoding: OrionJSON.encode(value), as: UTF8.self)
    }
}
