import OrionCore
import OrionScheduler

/// One subscription at an agent, and who reads of it. Confined to the hub.
///
/// The fastest of those who follow sets its pace: the agent may send what the window allows beyond that one's place. Who
/// is slower reads of the backlog, and is skipped ahead where that ends.
final class LogReader {
    enum State: Hashable {
        case running
        case ended
        case failed(String)
    }

    /// Names it at the agent.
    let id: String
    let output: LogOutput
    let node: NodeID
    let start: LogStart
    let follows: Bool
    var backlog = LogBacklog()
    var state = State.running
    /// The session that it runs on; nil while its node has none.
    var session: SessionID?
    /// Bytes that the agent may still send.
    private(set) var credit: Int64 = 0
    /// Up to where the fastest has read.
    private var front: Int64?
    private(set) var feeds: [ObjectIdentifier: LogFeed] = [:]

    init(id: String, feed: LogFeed, start: LogStart, follows: Bool) {
        self.id = id
        output = feed.output
        node = feed.node
        self.start = start
        self.follows = follows
    }

    // MARK: - Those who follow

    /// Where one who begins there would read on; nil where it cannot read here. The place itself is nil where nothing has
    /// come yet.
    func place(for wanted: LogStart) -> LogPlace? {
        if case .failed = state { return nil }
        guard let first = backlog.start, let position = backlog.position else {
            return start == wanted ? .unknown : nil
        }
        switch wanted {
        case .offset(let offset): return (first...position).contains(offset) ? .known(offset) : nil
        case .lastLines(let count):
            if let place = backlog.place(ofLastLines: count) { return .known(place) }
            guard backlog.isWhole else { return nil }
            switch start {
            case .offset(0): return .known(first)
            case .lastLines(let most) where most >= count: return .known(first)
            default: return nil
            }
        }
    }

    func add(_ feed: LogFeed) {
        feeds[ObjectIdentifier(feed)] = feed
        feed.reader = self
        if let place = feed.place { reached(place) }
    }

    func remove(_ feed: LogFeed) {
        feeds[ObjectIdentifier(feed)] = nil
        feed.reader = nil
    }

    /// Somebody has read up to there.
    func reached(_ place: Int64) { front = max(front ?? place, place) }

    // MARK: - The agent

    /// The request that begins it, or goes on with it in another session.
    func subscribe(_ session: SessionID) -> LogRequest {
        self.session = session
        credit = 0
        var request = LogRequest(id: id)
        request.replicaId = output.replica
        request.stream = output.stream
        request.follow = follows
        switch backlog.position.map(LogStart.offset) ?? start {
        case .offset(let offset): request.offset = offset
        case .lastLines(let count): request.tailLines = count
        }
        credit = max(0, room)
        request.credit = credit
        return request
    }

    /// More for the agent to send, once there is enough of it for a frame.
    func grant() -> LogRequest? {
        guard session != nil, state == .running, room >= ServerLimits.logWindowBytes / 2 else { return nil }
        var request = LogRequest(id: id)
        request.credit = room
        credit += room
        return request
    }

    /// Takes what the agent has sent; false where that is more than it may.
    func take(_ chunk: LogChunk) -> Bool {
        guard chunk.length <= credit else { return false }
        credit -= chunk.length
        if let error = chunk.error {
            state = .failed(error)
            return true
        }
        let isFirst = backlog.position == nil
        // An end may be said of nothing at all, at no place.
        if chunk.length > 0 || chunk.skipped != nil || isFirst {
            let isBehind = backlog.position.map { chunk.offset < $0 } ?? true
            backlog.append(chunk)
            if isBehind { begin(at: chunk.offset) }
        }
        if chunk.end == true {
            backlog.finish()
            state = .ended
        }
        if backlog.isDropping, let position = backlog.position { reached(position) }
        return true
    }

    /// The file begins there: for the first time, or anew because somebody has truncated it. Nobody is behind that, however
    /// far it had come in what was there before, or said that it had.
    private func begin(at offset: Int64) {
        for feed in feeds.values where feed.place.map({ $0 > offset }) ?? true { feed.place = offset }
        front = offset
    }

    private var room: Int64 {
        let most = ServerLimits.logWindowBytes - credit
        guard let position = backlog.position, let front else { return most }
        return most - max(0, position - front)
    }
}
