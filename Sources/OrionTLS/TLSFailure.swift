/// Why a connection is not secure, told apart by what someone has to do.
public struct TLSFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was wrong.
    public enum Reason: Hashable, Sendable {
        /// The certificate's time is over.
        case expired
        /// The certificate's time has not begun.
        case notYetValid
        /// No authority that is trusted has signed the certificate, for this use.
        case unknownAuthority
        /// The certificate is for other hosts.
        case wrongHost
        /// No certificate was shown, and one is asked for.
        case missing
        /// The other side does not take the certificate, and does not say why.
        case unacceptable
        /// The other side does not speak TLS.
        case notTLS
        /// There is no version of TLS that both sides speak.
        case noCommonVersion
        /// The connection ended or stood still before it was secure, or the other side broke a rule.
        case broken
    }

    /// Whose certificate a failure is about.
    public enum Owner: Hashable, Sendable {
        /// That of this side, which the other one refused.
        case ours
        /// That of the other side, which this one refused.
        case theirs
    }

    /// What was wrong.
    public let reason: Reason
    /// Whose certificate it is about; nil where it is about none.
    public let owner: Owner?
    /// What was wrong, for a person.
    public let description: String

    init(_ reason: Reason, _ owner: Owner?, _ description: String) {
        self.reason = reason
        self.owner = owner
        self.description = description
    }
}

/// The two sides of a connection, each as it sees itself.
enum TLSSide: Sendable {
    case server
    case client(host: String)

    /// The other one, in a sentence.
    var other: String {
        switch self {
        case .server: "the client"
        case .client: "the server"
        }
    }
}
