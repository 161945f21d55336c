/// How a WebSocket ended.
public struct WebSocketClosure: Sendable, Equatable {
    /// Who ended it.
    public enum Origin: Sendable, Equatable {
        /// Our side, with a close frame.
        case local
        /// The peer, with a close frame.
        case remote
        /// The connection broke without one, or was cut since the peer was silent for too long.
        case lost
    }

    /// Who ended it.
    public var origin: Origin

    /// The code of the close frame that ended it; nil if there was none, or it was empty.
    public var code: UInt16?

    /// The reason in that frame, or what happened to the connection.
    public var reason: String

    /// How long the peer had been silent: since the first ping that it did not answer, or since its last frame where
    /// that is older; 0 while all pings are answered. The time in which reading was stopped is no silence.
    public var silentForSeconds: Double

    /// The peer was closed because it did not take what was sent to it.
    public var didNotDrain: Bool

    init(origin: Origin, code: UInt16?, reason: String, silentForSeconds: Double = 0, didNotDrain: Bool = false) {
        self.origin = origin
        self.code = code
        self.reason = reason
        self.silentForSeconds = silentForSeconds
        self.didNotDrain = didNotDrain
    }
}
