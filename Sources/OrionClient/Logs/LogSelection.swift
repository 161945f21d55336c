public import OrionCore

/// Which of a service's logs are read.
public struct LogSelection: Hashable, Sendable {
    /// Where in each output reading begins.
    public enum Tail: Hashable, Sendable {
        /// So many lines before its end.
        case lines(Int)
        /// At the first byte that is kept.
        case all
    }

    /// One replica, an ended one too; nil for all that the service has.
    public var replica: ReplicaID?
    /// Nil for what the server shows.
    public var tail: Tail?
    /// Whether to go on at the end, and with the replicas to come where none is named.
    public var follows: Bool
    /// One of the outputs; nil for both.
    public var stream: LogStream?

    /// The last lines of all replicas, or what is said.
    public init(replica: ReplicaID? = nil, tail: Tail? = nil, follows: Bool = false, stream: LogStream? = nil) {
        self.replica = replica
        self.tail = tail
        self.follows = follows
        self.stream = stream
    }

    /// As a query, with its question mark; empty where there is nothing to say.
    var query: String {
        var parts: [String] = []
        if let replica { parts.append("replica=\(OrionClient.segment(replica.rawValue))") }
        switch tail {
        case .lines(let count): parts.append("tail=\(count)")
        case .all: parts.append("tail=all")
        case nil: break
        }
        if follows { parts.append("follow=true") }
        if let stream { parts.append("stream=\(stream.rawValue)") }
        return parts.isEmpty ? "" : "?" + parts.joined(separator: "&")
    }
}
