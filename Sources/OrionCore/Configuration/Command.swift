/// What starts a program instead of its type's own command. Never run by a shell.
public enum Command: Hashable, Sendable {
    /// Split by shell quoting rules, on the agent.
    case line(String)
    /// Taken as it is.
    case arguments([String])

    /// In one line, for people.
    package var text: String {
        switch self {
        case .line(let line): line
        case .arguments(let words): words.joined(separator: " ")
        }
    }
}

extension Command: Encodable {
    /// Writes the string or the array that the document had.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .line(let line): try container.encode(line)
        case .arguments(let arguments): try container.encode(arguments)
        }
    }
}
