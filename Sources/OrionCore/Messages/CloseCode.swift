/// Why Orion itself ends an agent's session, as the code of the WebSocket's close frame.
///
/// The codes of RFC 6455 that stand for faults of the transport are those of whoever speaks WebSocket.
public enum CloseCode {
    /// This end is going away (RFC 6455 §7.4.1): for what ends sessions and knows nothing of sockets.
    public static let goingAway: UInt16 = 1001
    /// An invalid payload, or a changed node id.
    public static let invalidPayload: UInt16 = 4400
    /// Refused.
    public static let refused: UInt16 = 4403
    /// No hello came in time, or another frame came first.
    public static let noHello: UInt16 = 4408
    /// The node id is in use.
    public static let nodeIDInUse: UInt16 = 4409
    /// The other end does not take in what is sent to it.
    public static let doesNotDrain: UInt16 = 4413
}
