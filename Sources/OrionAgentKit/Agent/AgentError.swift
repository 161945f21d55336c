/// Why an agent cannot run.
public struct AgentError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What sort of reason it is; an exit status at the edge.
    public enum Code: Hashable, Sendable, CaseIterable {
        /// A setting has a value that has no meaning.
        case usage
        /// A setting has a value that cannot be used on this machine.
        case setting
        /// The data directory cannot be read or written.
        case dataDirectory
        /// Another agent runs on the data directory.
        case dataDirectoryInUse
        /// It cannot be seen whether what an earlier agent has started still runs.
        case processes
    }

    /// What sort of reason it is.
    public let code: Code
    /// One sentence for a person: which setting or file, its value, the way out.
    public let message: String

    /// A reason.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The sentence.
    public var description: String { message }
}
