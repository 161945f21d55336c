import OrionCore

/// One client: what it follows, and how far it has come. Confined to the hub. It holds no lines: those stay in the
/// backlogs that all clients share.
final class LogFollower {
    let id: Int
    let query: LogQuery
    /// In the order of the replicas' ids, those that are done too as long as their replica is known: what a client that
    /// comes back has seen of them.
    private(set) var feeds: [LogFeed] = []
    /// Whether it waits for something to read.
    var isWaiting = false
    /// Whether replicas may come that it will follow.
    var expectsMore: Bool
    var hasBegun = false
    var hasEnded = false
    /// Whether nothing was sent to it for a while.
    var isIdle = false
    /// How many outputs were named in what it was last told to go on from.
    var placesTold = 0
    /// What it is to be told, of which the first ones count.
    private(set) var notes: [String] = []
    private var turn = 0
    private var replicas: Set<ReplicaID> = []
    /// Replicas that there was no room for, of those that are there.
    private var leftOut: Set<ReplicaID> = []

    private static let notesKept = 64

    init(id: Int, query: LogQuery) {
        self.id = id
        self.query = query
        expectsMore = query.follows && query.replica == nil
    }

    /// Whether its lines must say of which replica they are.
    var isMixed: Bool { replicas.count > 1 }

    var placesKnown: Int { feeds.count { $0.place != nil } }

    /// Whether it could not go on from what it was last told without a gap: the place of some output is known since then,
    /// though there is nothing to show of it yet. Once all are known: each time, it is told of all.
    var hasToldLess: Bool {
        guard query.follows, query.format == .events, placesTold < placesKnown else { return false }
        return feeds.allSatisfy { $0.place != nil || $0.isDone || $0.reader == nil }
    }

    var isOver: Bool { !expectsMore && feeds.allSatisfy(\.isDone) && notes.isEmpty }

    /// How many replicas more it may be shown.
    var room: Int { max(0, ServerLimits.logReplicas - Set(feeds.map(\.output.replica)).count) }

    func follows(_ replica: ReplicaID) -> Bool { replicas.contains(replica) }

    func add(_ feed: LogFeed) {
        replicas.insert(feed.output.replica)
        feeds.append(feed)
        feeds.sort {
            ($0.output.replica, $0.output.stream.rawValue) < ($1.output.replica, $1.output.stream.rawValue)
        }
    }

    func remove(where isGone: (LogFeed) -> Bool) { feeds.removeAll(where: isGone) }

    /// There is no room for a replica: it is told so once.
    func leaveOut(_ replica: ReplicaID) {
        guard leftOut.insert(replica).inserted else { return }
        note("\(replica) is left out: no more than \(ServerLimits.logReplicas) replicas are shown at a time")
    }

    /// Forgets who was left out, but for those that are still there.
    func keepLeftOut(of present: Set<ReplicaID>) {
        if !leftOut.isEmpty { leftOut.formIntersection(present) }
    }

    func note(_ text: String) {
        if notes.count < Self.notesKept { notes.append(text) }
    }

    func takeNotes() -> [String] {
        defer { notes = [] }
        return notes
    }

    /// The feed whose turn it is.
    func next() -> LogFeed? {
        guard !feeds.isEmpty else { return nil }
        turn = (turn + 1) % feeds.count
        return feeds[turn]
    }
}
