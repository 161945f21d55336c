extension PathComponent: JSONReadable {
    /// Takes names and numbers.
    public static func read(_ value: JSONValue, by reader: JSONReader) -> PathComponent? {
        switch value {
        case .string(let key): .key(key)
        case .integer(let index): .index(Int(index))
        default: reader.refuse("must be a name or a number, not \(value.shown)")
        }
    }
}

extension ConfigurationIssue: JSONReadable {
    /// Reads an issue.
    public static func read(_ value: JSONValue, by reader: JSONReader) -> ConfigurationIssue? {
        var issue: ConfigurationIssue?
        let isObject = reader.members(of: value) { fields in
            var path: [PathComponent] = []
            fields.read("path", into: &path)
            guard let message = fields.required("message", String.self) else { return }
            issue = ConfigurationIssue(path: path, message: message)
        }
        return isObject ? issue : nil
    }
}
