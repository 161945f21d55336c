public import OrionCore
public import OrionTLS

/// Why a request got no answer that could be used, with what a person needs to go on.
public struct ClientError: Error, Hashable, Sendable {
    /// What sort of failure it is.
    public enum Code: Hashable, Sendable {
        /// The server's address cannot be used.
        case invalidAddress
        /// A file for TLS cannot be used.
        case invalidFiles
        /// The connection could not be made secure, for this reason.
        case insecure(TLSFailure.Reason)
        /// No connection could be made, or it broke.
        case unreachable
        /// No answer came in time.
        case timedOut
        /// The server understood and said no: 4xx.
        case refused(status: Int)
        /// The server cannot do it now: 5xx.
        case failed(status: Int)
        /// What answered is not an orion-api, or one that this client does not understand.
        case unexpectedAnswer
    }

    /// What sort of failure it is.
    public var code: Code
    /// What was wrong, where, and what to do.
    public var message: String
    /// Each place of the document that was wrong.
    public var issues: [ConfigurationIssue]

    /// A failure.
    public init(_ code: Code, _ message: String, issues: [ConfigurationIssue] = []) {
        self.code = code
        self.message = message
        self.issues = issues
    }

    /// The HTTP status that the server answered with, if it was one that says no.
    public var status: Int? {
        switch code {
        case .refused(let status), .failed(let status): status
        case .invalidAddress, .invalidFiles, .insecure, .unreachable, .timedOut, .unexpectedAnswer: nil
        }
    }

    /// Whether the server cannot be talked to at all: worth trying again, or trying elsewhere.
    public var isUnreachable: Bool { code == .unreachable || code == .timedOut }
}
