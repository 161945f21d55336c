import OrionClient
import OrionCore

/// Shows the events of logs as lines: with the replica before each once there are several, each in a colour of its own.
struct LogPrinter {
    private let style: Style
    private var replicas: [ReplicaID] = []

    init(style: Style) { self.style = style }

    /// A line for standard output.
    mutating func line(_ text: String, of replica: ReplicaID) -> String {
        see(replica)
        guard replicas.count > 1, let place = replicas.firstIndex(of: replica) else { return text }
        return style.paint(replica.rawValue + " |", as: place) + " " + text
    }

    /// Whose lines may come.
    mutating func see(_ replica: ReplicaID) {
        if !replicas.contains(replica) { replicas.append(replica) }
    }
}

extension LogEvent.Content {
    /// What is said beside the lines; nil where nothing is.
    var note: String? {
        switch self {
        case .missed(let bytes, let replica, let stream): "\(bytes) bytes of \(replica) \(stream.rawValue) missed"
        case .note(let text): text
        case .start, .line, .cursor, .end: nil
        }
    }
}
