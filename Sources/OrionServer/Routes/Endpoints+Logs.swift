import HTTPTypes
import OrionCore
import OrionHTTP

extension Endpoints {
    /// `/api/services/{name}/logs`: what the replicas write, as lines of text or as server-sent events.
    mutating func addLogs(_ hub: LogHub) {
        answerRead("/api/services/{name}/logs") { request throws(OrionError) in
            let query = try LogQuery(request)
            let body = try await hub.open(query)
            let type = query.format == .events ? "text/event-stream" : "text/plain; charset=utf-8"
            return HTTPServerResponse(
                status: .ok, headers: [.contentType: type, .cacheControl: "no-store"], stream: body)
        }
    }
}

extension LogQuery {
    init(_ request: HTTPServerRequest) throws(OrionError) {
        let query = try QueryReader(request.query, known: ["replica", "tail", "follow", "stream"])
        self.init(service: ServiceName(rawValue: request.parameter("name")))
        follows = try query.flag("follow")
        if let tail = query.text("tail") { start = try Self.start(tail) }
        if let stream = query.text("stream") {
            guard let known = LogStream(rawValue: stream) else {
                throw OrionError(.invalid, "The query parameter stream is stdout or stderr, not \(quoted(stream)).")
            }
            streams = [known]
        }
        if let replica = query.text("replica") {
            let prefix = service.rawValue + "-"
            guard replica.hasPrefix(prefix) else {
                throw OrionError(
                    .notFound,
                    "\(quoted(replica)) is no replica of \(quoted(service.rawValue)): see 'orion get replicas'.")
            }
            guard let id = LogCursor.replica(replica.dropFirst(prefix.count), of: service) else {
                throw OrionError(
                    .invalid, "\(quoted(replica)) is no replica's id: it ends in a to z and 0 to 9, at most 13 of them."
                )
            }
            self.replica = id
        }
        let accepted = request.header("Accept") ?? ""
        format = accepted.lowercased().contains("text/event-stream") ? .events : .text
        if let id = request.header("Last-Event-ID"), !id.isEmpty { cursor = try LogCursor(id, of: service) }
    }

    private static func start(_ tail: String) throws(OrionError) -> LogStart {
        if tail == "all" { return .offset(0) }
        guard let lines = Int(tail), (0...ServerLimits.logTailLines).contains(lines) else {
            throw OrionError(
                .invalid,
                "The query parameter tail is a number of lines from 0 to \(ServerLimits.logTailLines), or all, not "
                    + "\(quoted(tail)).")
        }
        return .lastLines(lines)
    }
}
