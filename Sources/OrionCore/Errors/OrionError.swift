/// Everything that can be refused, with what a person needs to go on.
///
/// `code` is what programs decide by: one table at the edge turns it into an HTTP status, a close code or an exit status.
public struct OrionError: Error, Hashable, Sendable {
    /// What sort of refusal it is.
    public enum Code: String, Hashable, Sendable, Encodable, CaseIterable {
        /// Not JSON or not YAML, or a frame that is no envelope: nothing in it can be told apart.
        case malformed
        /// Not what a field takes: `issues` has each place.
        case invalid
        /// No such service, node or route.
        case notFound
        /// It exists in a way that forbids this.
        case conflict
        /// Larger than its limit.
        case tooLarge
        /// It cannot be done now: the store cannot be written, or the queue is full.
        case unavailable
        /// Declared, but built later.
        case unsupported
    }

    /// What sort of refusal it is.
    public var code: Code
    /// What was wrong, where, and what to do.
    public var message: String
    /// Each place that was wrong, where there is more to say than the message does.
    public var issues: [ConfigurationIssue]

    /// A refusal.
    public init(_ code: Code, _ message: String, issues: [ConfigurationIssue] = []) {
        self.code = code
        self.message = message
        self.issues = issues
    }
}
