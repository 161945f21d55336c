import OrionCore

/// What a client wants to see.
struct LogQuery: Sendable {
    enum Format: Hashable, Sendable {
        case text
        case events
    }

    var service: ServiceName
    /// One replica of it; nil for all of them, and their successors where it follows.
    var replica: ReplicaID?
    var start = LogStart.lastLines(LogQuery.standardTail)
    var follows = false
    var streams = LogStream.allCases
    var format = Format.text
    /// How far a client that comes back has come.
    var cursor = LogCursor()

    /// Lines of each output that are shown where nothing is said.
    static let standardTail = 100

    /// Where an output begins: for one that came since the client was here at its beginning.
    func start(of output: LogOutput) -> LogStart {
        if let place = cursor.places[output] { return .offset(place) }
        return cursor.isBefore(output.replica) ? .offset(0) : start
    }
}
