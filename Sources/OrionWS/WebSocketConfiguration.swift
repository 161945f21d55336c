public import OrionTLS

/// The limits and times of one WebSocket.
public struct WebSocketConfiguration: Sendable {
    /// A longer frame is answered with 1009 as soon as its header is there.
    public var maximumFrameBytes = 1024 * 1024

    /// Likewise a message, over all of its frames; for one that is compressed, as soon as so much has been expanded.
    public var maximumMessageBytes = 1024 * 1024

    /// What may wait to be sent.
    public var outboundLimitBytes = 1024 * 1024

    /// How much of what is sent the kernel takes that has not left yet; nil: as much as it likes, which is megabytes. What is
    /// urgent cannot go before what waits there: messages that others overtake, pings and pongs.
    public var kernelUnsentBytes: Int?

    /// What becomes of a message that goes beyond `outboundLimitBytes`.
    public var overflow = WebSocketOverflow.close(code: WebSocketCloseCode.policyViolation)

    /// Compression of messages, which a server grants to clients that ask for it, and for which a client asks; nil: none.
    public var deflate: WebSocketDeflate?

    /// How much may be read and kept while reading is paused, so that pings and pongs still come through for a while.
    public var readAheadBytes = 64 * 1024

    /// How often a ping is sent, at least: one that is due within half of that time goes along with what is sent before. nil:
    /// never.
    public var pingIntervalSeconds: Double?

    /// Shared by sockets that are many; nil: each has a timer of its own, which is exact.
    public var timers: WebSocketTimers?

    /// How long the peer may be silent (``WebSocketClosure/silentForSeconds``) until it is given up; nil: for ever.
    public var silenceTimeoutSeconds: Double?

    /// How long the peer has to answer a close frame, and to close its side of the connection after that.
    public var closeTimeoutSeconds = 5.0

    /// For a client: how it speaks TLS to a `wss://` address; nil: without a certificate, trusting the system's authorities.
    public var tls: TLSClient?

    /// For a client: to connect and to be upgraded.
    public var connectTimeoutSeconds = 15.0

    /// The limits that stand here as values, and no pings.
    public init() {}
}
