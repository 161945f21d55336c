/// One of a replica's two outputs.
public enum LogStream: String, Hashable, Sendable, Encodable, CaseIterable, JSONReadable {
    /// Standard output.
    case stdout
    /// Standard error.
    case stderr
}

/// What the control plane asks of a replica's output: to send it, to send more of it, or to stop.
public struct LogRequest: Hashable, Sendable, Encodable {
    /// Names the subscription; chosen by the control plane.
    public var id: String
    /// Whose output; nil where a subscription goes on or ends.
    public var replicaId: ReplicaID?
    /// Which one.
    public var stream: LogStream?
    /// The byte of the file to begin with.
    public var offset: Int64?
    /// Lines before the end to begin with, instead of an offset.
    public var tailLines: Int?
    /// Whether to go on at the end of the file.
    public var follow: Bool?
    /// Bytes that may be sent until more are granted.
    public var credit: Int64?
    /// Whether the subscription ends.
    public var cancel: Bool?

    /// A request of that subscription.
    public init(id: String) { self.id = id }
}

/// A piece of a replica's output, sent while it is subscribed to.
public struct LogChunk: Hashable, Sendable, Encodable {
    /// The subscription.
    public var id: String
    /// Whose output.
    public var replicaId: ReplicaID
    /// Which one.
    public var stream: LogStream
    /// Where in the file the piece begins.
    public var offset: Int64
    /// Bytes of the file that it stands for.
    public var length: Int64
    /// The text, cut at a character, invalid bytes as U+FFFD.
    public var data: String
    /// Bytes before it that are no longer kept.
    public var skipped: Int64?
    /// Whether nothing follows.
    public var end: Bool?
    /// Why nothing can be sent.
    public var error: String?

    /// A piece.
    public init(
        id: String, replicaId: ReplicaID, stream: LogStream, offset: Int64, length: Int64 = 0, data: String = ""
    ) {
        self.id = id
        self.replicaId = replicaId
        self.stream = stream
        self.offset = offset
        self.length = length
        self.data = data
    }
}
