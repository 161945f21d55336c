/// What becomes of a message for which there is no room (`outboundLimitBytes`), since the peer does not take what is sent
/// to it.
public enum WebSocketOverflow: Sendable, Equatable {
    /// The connection is closed with this code: for peers that come back and are told anew what they missed.
    case close(code: UInt16)
    /// The message is not taken, and ``WebSocket/send(text:)-([UInt8])`` says so: for senders that can wait for
    /// ``WebSocketHandler/drained(_:)``, or do without.
    case refuse
}
