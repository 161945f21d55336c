/// A step into a document: a member's name or an element's index.
public enum PathComponent: Hashable, Sendable, Encodable {
    /// A member of an object.
    case key(String)
    /// An element of an array.
    case index(Int)

    /// Writes the plain name or number.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .key(let key): try container.encode(key)
        case .index(let index): try container.encode(index)
        }
    }
}

/// What is wrong, or worth knowing, at one place of a document.
public struct ConfigurationIssue: Hashable, Sendable, Encodable {
    /// Where: empty for the whole document.
    public var path: [PathComponent]
    /// What is wrong and what to do.
    public var message: String

    /// An issue.
    public init(path: [PathComponent], message: String) {
        self.path = path
        self.message = message
    }

    /// The path as people write it: `spec.services[0].env.PORT`; empty for the whole document.
    public var pathText: String {
        var text = ""
        for component in path {
            switch component {
            case .key(let key): text += text.isEmpty ? key : ".\(key)"
            case .index(let index): text += "[\(index)]"
            }
        }
        return text
    }
}
