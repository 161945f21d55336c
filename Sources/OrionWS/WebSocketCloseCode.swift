/// The close codes of RFC 6455 §7.4.1 that this library sends, or that its users may want to.
public enum WebSocketCloseCode {
    /// All was said.
    public static let normal: UInt16 = 1000
    /// This end shuts down.
    public static let goingAway: UInt16 = 1001
    /// The peer broke a rule of the protocol.
    public static let protocolError: UInt16 = 1002
    /// A kind of message that is not taken.
    public static let unsupportedData: UInt16 = 1003
    /// A text that is not UTF-8, or not what it should be.
    public static let invalidData: UInt16 = 1007
    /// The peer broke a rule that no other code stands for.
    public static let policyViolation: UInt16 = 1008
    /// A frame or message over the limit.
    public static let tooLarge: UInt16 = 1009
    /// A fault of this end.
    public static let internalError: UInt16 = 1011
}
