import OrionCore
import OrionScheduler

/// Who follows what, and what of it is asked of which agent: without I/O. Confined to the hub.
///
/// However many clients follow an output, one subscription at its agent serves them (`LogReader`); each client has a place
/// in the backlog and pulls its next page from there. So a slow client costs nothing, and the fastest sets the pace.
struct LogHubMachine {
    /// What is to be done.
    enum Action: Equatable {
        case send(SessionID, LogRequest)
        /// A page for a client that waits for one; nil at the end.
        case deliver(Int, [UInt8]?)
        /// An agent broke a rule.
        case close(SessionID, reason: String)
        /// A search is over.
        case found(Int)
    }

    /// An agent that is there.
    struct Session {
        let id: SessionID
        let node: NodeID
        let name: String
        /// Whether it speaks more than the base fields, and so of logs.
        let sendsLogs: Bool
    }

    var sessions: [NodeID: Session] = [:]
    var readers: [String: LogReader] = [:]
    var readersByOutput: [LogOutput: [LogReader]] = [:]
    var followers: [Int: LogFollower] = [:]
    var searches: [Int: LogSearch] = [:]
    private var lastNumber = 0

    /// The services of which clients follow all replicas, and those to come.
    var followedServices: Set<ServiceName> {
        Set(followers.values.filter(\.expectsMore).map(\.query.service))
    }

    /// Numbers clients, subscriptions and searches.
    mutating func nextNumber() -> Int {
        lastNumber += 1
        return lastNumber
    }

    // MARK: - Clients

    /// Refuses one more than there may be.
    func checkRoom() throws(OrionError) {
        guard followers.count < ServerLimits.logFollowers else {
            throw OrionError(
                .unavailable, "\(ServerLimits.logFollowers) clients read logs already; try again later.")
        }
    }

    /// A client has room for a page.
    mutating func pull(_ id: Int) -> [Action] {
        guard let follower = followers[id] else { return [.deliver(id, nil)] }
        follower.isWaiting = true
        return serve(follower)
    }

    /// A client is gone.
    mutating func leave(_ id: Int) -> [Action] {
        guard let follower = followers.removeValue(forKey: id) else { return [] }
        return follower.feeds.flatMap { detach($0) }
    }

    /// Shows that the line still stands to clients that have heard nothing since the last time.
    mutating func keepAlive() -> [Action] {
        var actions: [Action] = []
        for follower in followers.values where follower.query.format == .events {
            if follower.isIdle, follower.isWaiting {
                follower.isWaiting = false
                actions.append(.deliver(follower.id, Self.comment))
            }
            follower.isIdle = true
        }
        return actions
    }
}
