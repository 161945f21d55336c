/// Compression of messages: permessage-deflate (RFC 7692), without context take-over in either direction.
///
/// Each message is compressed for itself. That costs some of the gain, and saves the hundreds of kilobytes that two
/// contexts would take for each connection: what is needed to work on a message is shared by all the sockets that have
/// this value, or a copy of it, in their configuration.
///
/// What a peer sends is expanded only as far as `maximumMessageBytes`. Compress no messages in which secrets stand beside
/// what a stranger chose: their length tells of the secret (RFC 7692 §8).
public struct WebSocketDeflate: Sendable {
    /// zlib's level for what is sent: from 1 (fast) to 9 (small).
    public let level: Int

    /// Shorter messages are sent as they are.
    public let minimumBytes: Int

    let pool: DeflatePool

    /// What is out of its range is taken as its nearest bound. Level 1 takes a third of the time of zlib's own default, 6.
    public init(level: Int = 1, minimumBytes: Int = 512) {
        self.level = min(max(level, 1), 9)
        self.minimumBytes = max(minimumBytes, 1)
        pool = DeflatePool(level: self.level)
    }
}
