/// The body of every answer that refuses something: `{"message": …, "issues": […]}`.
public struct ErrorBody: Hashable, Sendable, Encodable {
    /// What was wrong, where, and what to do.
    public var message: String
    /// Each place that was wrong.
    public var issues: [ConfigurationIssue]

    /// A body.
    public init(message: String, issues: [ConfigurationIssue] = []) {
        self.message = message
        self.issues = issues
    }

    /// What an error says.
    public init(_ error: OrionError) { self.init(message: error.message, issues: error.issues) }
}

extension ErrorBody: JSONReadable {
    /// Reads a body; another program's may have a `message` alone.
    public static func read(_ value: JSONValue, by reader: JSONReader) -> ErrorBody? {
        var body: ErrorBody?
        let isObject = reader.members(of: value) { fields in
            guard let message = fields.required("message", String.self) else { return }
            var issues: [ConfigurationIssue] = []
            fields.read("issues", into: &issues)
            body = ErrorBody(message: message, issues: issues)
        }
        return isObject ? body : nil
    }
}
