/// Why a file cannot be used for TLS.
public struct TLSFileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Which of the files.
    public enum File: Hashable, Sendable {
        /// What this side shows.
        case certificate
        /// The private key of that.
        case key
        /// What the other side's certificate may be signed by.
        case authority
    }

    /// Which of the files.
    public let file: File
    /// Its path.
    public let path: String
    /// What is wrong with it, for a person.
    public let reason: String

    /// The path and the reason.
    public var description: String { "\(path): \(reason)" }
}
