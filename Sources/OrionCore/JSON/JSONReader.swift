/// One reading of a JSON document: where it stands, and what was found wrong so far.
///
/// In the strict manner, that of configurations, unknown members are refused and what a field means is checked; in the
/// lenient one, that of messages and records, only what cannot be understood is refused.
public final class JSONReader {
    /// How much is refused.
    public enum Manner: Sendable {
        /// For configurations: unknown members are refused, and so is what makes no sense.
        case strict
        /// For messages and records: unknown members are ignored.
        case lenient
    }

    /// Issues kept of a document; beyond them more help nobody, and a hostile document could fill the memory.
    static let maximumIssues = 1000

    /// How much is refused.
    public let manner: Manner
    /// What was found wrong so far.
    public private(set) var issues: [ConfigurationIssue] = []
    /// What was found worth knowing so far.
    private(set) var warnings: [ConfigurationIssue] = []
    /// Issues found beyond those kept.
    private(set) var moreIssues = 0
    /// Where the reading stands.
    public private(set) var path: [PathComponent] = []

    /// The scalars as they are written, by their paths; nil where nothing is known of them.
    private let texts: [[PathComponent]: String]?

    init(_ manner: Manner, path: [PathComponent] = [], texts: [[PathComponent]: String]? = nil) {
        self.manner = manner
        self.path = path
        self.texts = texts
    }

    /// The scalar here in quotes, as it was written; nil where that is not known: `1.50` and `1.5` are one number.
    func text(of value: JSONValue) -> String? {
        if let texts { return texts[path].map(JSONValue.shown) }
        switch value {
        case .bool, .integer: return "\"\(value.shown)\""
        default: return nil
        }
    }

    /// Whether what a field means is checked.
    public var isStrict: Bool { manner == .strict }

    /// Notes that the value here cannot be taken. The message goes on after its name: `must be …`.
    @discardableResult
    public func refuse<Value>(_ message: String, _ type: Value.Type = Value.self) -> Value? {
        note("\(label) \(message)")
        return nil
    }

    /// How many issues were found so far.
    var issueCount: Int { issues.count + moreIssues }

    /// Puts the issues of one object in the order of their paths: that of its members says nothing.
    func sortIssues(from start: Int) {
        guard issues.count > start + 1 else { return }
        issues[start...].sort { $0.pathText < $1.pathText }
    }

    /// Notes a whole sentence about the value here.
    public func note(_ sentence: String) {
        if issues.count < Self.maximumIssues {
            issues.append(ConfigurationIssue(path: path, message: sentence))
        } else {
            moreIssues += 1
        }
    }

    /// How many of so many issues would be kept.
    func room(for count: Int) -> Int { min(count, Self.maximumIssues - issues.count) }

    /// Counts issues that are not kept.
    func noteMore(_ count: Int) { moreIssues += count }

    /// Notes something worth knowing about the value here.
    func warn(_ sentence: String) {
        if warnings.count < Self.maximumIssues {
            warnings.append(ConfigurationIssue(path: path, message: sentence))
        }
    }

    /// Reads one step further into the document.
    public func within<Result>(_ component: PathComponent, _ body: () -> Result) -> Result {
        path.append(component)
        defer { path.removeLast() }
        return body()
    }

    /// Reads the members of an object; false where there is none, after the reader was told.
    public func members(of value: JSONValue, _ body: (inout JSONFields) -> Void) -> Bool {
        guard case .object(let members) = value else {
            refuse("must be an object, not \(value.shown)", Never.self)
            return false
        }
        var fields = JSONFields(members: members, reader: self)
        body(&fields)
        fields.refuseUnknown()
        return true
    }

    /// Reads the elements of an array, each with its index in the document; one that is refused is left out.
    func elements<Element: JSONReadable>(
        _ type: Element.Type = Element.self, of value: JSONValue
    ) -> [(index: Int, element: Element)]? {
        guard case .array(let values) = value else { return refuse("must be an array, not \(value.shown)") }
        var elements: [(index: Int, element: Element)] = []
        elements.reserveCapacity(values.count)
        for (index, value) in values.enumerated() {
            within(.index(index)) {
                if let element = Element.read(value, by: self) { elements.append((index, element)) }
            }
        }
        return elements
    }

    /// Notes that a member is not there.
    func missing(_ name: String, hint: String = "") {
        within(.key(name)) { note("\(label) is missing\(hint)") }
    }

    /// Whether nothing is found wrong in `body`, so that what it read can be judged further.
    func isSound(_ body: () -> Void) -> Bool {
        let count = issueCount
        body()
        return issueCount == count
    }

    /// Throws if anything was found wrong.
    func finish(_ subject: String) throws(OrionError) {
        guard let first = issues.first else { return }
        let count = issueCount
        let place = first.path.isEmpty ? "" : " at \(first.pathText)"
        let others = count > 1 ? " (the first of \(count))" : ""
        throw OrionError(.invalid, "invalid \(subject)\(place): \(first.message)\(others)", issues: issues)
    }

    /// What stands here, as a message calls it.
    private var label: String {
        switch path.last {
        case nil: "the document"
        case .key(let key): key
        case .index(let index):
            if path.count > 1, case .key(let key) = path[path.count - 2] { "\(key)[\(index)]" } else { "[\(index)]" }
        }
    }
}
