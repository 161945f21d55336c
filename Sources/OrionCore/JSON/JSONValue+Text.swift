extension JSONValue {
    /// Characters of a string that a message shows.
    private static let shownLength = 40

    /// The value as a message shows it: short, on one line.
    var shown: String {
        switch self {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .integer(let value): "\(value)"
        case .number(let value): "\(value)"
        case .string(let value): Self.shown(value)
        case .array(let values): values.isEmpty ? "an empty array" : "an array"
        case .object(let members): members.isEmpty ? "an empty object" : "an object"
        }
    }

    /// The beginning of a string in quotes, what cannot be shown escaped.
    static func shown(_ text: String) -> String {
        // By scalars: one character may have any number of combining marks.
        let head = String(String.UnicodeScalarView(text.unicodeScalars.prefix(shownLength)))
        let isWhole = head.utf8.count == text.utf8.count
        return isWhole ? head.debugDescription : "\(head.debugDescription.dropLast())…\""
    }
}
