public import OrionCore

/// What the logs of a service say at a time.
public struct LogEvent: Hashable, Sendable {
    /// What it is.
    public enum Content: Hashable, Sendable {
        /// The first event: whose logs these are.
        case start([ReplicaID])
        /// A line, without its line break.
        case line(String, replica: ReplicaID, stream: LogStream)
        /// So many bytes are no longer to be had, or went by while nobody read.
        case missed(bytes: Int, replica: ReplicaID, stream: LogStream)
        /// Something to know.
        case note(String)
        /// Nothing but its id: where outputs begin of which there is nothing to show yet.
        case cursor
        /// The last event: there will be no more.
        case end
    }

    /// What to go on from: everything up to this event has been seen.
    public var id: String?
    /// What it says.
    public var content: Content

    /// An event.
    public init(id: String? = nil, content: Content) {
        self.id = id
        self.content = content
    }
}

extension LogEvent {
    /// Nil for an event of a type that this version does not know.
    init?(_ frame: EventFrame) throws(OrionError) {
        guard let body = try LogEventBody.read(frame) else { return nil }
        self.init(id: frame.id, content: body)
    }
}

private enum LogEventBody {
    static func read(_ frame: EventFrame) throws(OrionError) -> LogEvent.Content? {
        guard case .object(let members) = try OrionJSON.parse(Array(frame.data.utf8)) else { return nil }
        func text(_ name: String) -> String? {
            if case .string(let text)? = members[name] { text } else { nil }
        }
        let replica = text("replica").map { ReplicaID(rawValue: $0) }
        let stream = text("stream").flatMap { LogStream(rawValue: $0) }
        switch frame.event {
        case "start":
            guard case .array(let items)? = members["replicas"] else { return nil }
            return .start(
                items.compactMap { if case .string(let id) = $0 { ReplicaID(rawValue: id) } else { nil } })
        case nil:
            guard let line = text("line"), let replica, let stream else { return nil }
            return .line(line, replica: replica, stream: stream)
        case "missed":
            guard case .integer(let bytes)? = members["bytes"], let replica, let stream else { return nil }
            return .missed(bytes: Int(clamping: bytes), replica: replica, stream: stream)
        case "note": return text("message").map { .note($0) }
        case "cursor": return .cursor
        case "end": return .end
        default: return nil
        }
    }
}
