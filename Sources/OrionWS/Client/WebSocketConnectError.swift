public import OrionTLS

/// Why a client has no WebSocket.
public struct WebSocketConnectError: Error, Sendable, CustomStringConvertible {
    /// What went wrong, in kind.
    public enum Code: Sendable, Equatable {
        /// There is no connection to the host and port.
        case unreachable
        /// It, or the handshake, took too long.
        case timedOut
        /// The server answered, and not with 101; `body` is its text, cut to 16 KiB.
        case refused(status: Int, body: String)
        /// What answered is no WebSocket server.
        case badHandshake
        /// The connection could not be made secure.
        case insecure(TLSFailure.Reason)
        /// The system's authorities cannot be read.
        case noAuthorities
        /// The task was cancelled.
        case cancelled
    }

    /// What went wrong, in kind.
    public let code: Code

    /// What went wrong, where, and what to do.
    public let description: String

    init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
