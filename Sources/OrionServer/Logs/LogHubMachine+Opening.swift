import OrionCore
import OrionScheduler

/// Clients that come, and replicas that come and go.
extension LogHubMachine {
    /// Takes a client in; returns its number.
    mutating func open(
        _ query: LogQuery, _ placements: [ReplicaPlacement]
    ) throws(OrionError) -> (number: Int, actions: [Action]) {
        guard followers.count < ServerLimits.logFollowers else {
            throw OrionError(
                .unavailable, "\(ServerLimits.logFollowers) clients read logs already; try again later.")
        }
        guard placements.count <= ServerLimits.logReplicas else {
            throw OrionError(
                .invalid,
                "\(query.service) has \(placements.count) replicas, and the logs of at most \(ServerLimits.logReplicas) "
                    + "are shown at a time: name one with replica=ID.")
        }
        try checkNodes(of: placements)
        let follower = LogFollower(id: nextNumber(), query: query)
        followers[follower.id] = follower
        var actions: [Action] = []
        for placement in placements {
            let isThere = sessions[placement.node]?.sendsLogs == true
            if !isThere {
                let when = query.follows ? "is shown once it is back" : "is left out"
                follower.note("node \(placement.nodeName) is not connected: \(placement.replica) \(when)")
            }
            guard isThere || query.follows else { continue }
            actions += add(placement, to: follower) { query.start(of: $0) }
        }
        return (follower.id, actions)
    }

    /// Some of the nodes are enough; none is a reason to refuse.
    private func checkNodes(of placements: [ReplicaPlacement]) throws(OrionError) {
        guard !placements.isEmpty, !placements.contains(where: { sessions[$0.node]?.sendsLogs == true }) else { return }
        let old = placements.filter { sessions[$0.node] != nil }
        let names = Set(placements.map(\.nodeName)).sorted().prefix(5).joined(separator: ", ")
        guard old.isEmpty else {
            throw OrionError(
                .unavailable,
                "The agent of node \(names) does not send logs: upgrade it, or look into its data directory.")
        }
        throw OrionError(
            .unavailable,
            "Logs are read on the node that has them, and \(names) is not connected: try again when it is back.")
    }

    private mutating func add(
        _ placement: ReplicaPlacement, to follower: LogFollower, _ start: (LogOutput) -> LogStart
    ) -> [Action] {
        var actions: [Action] = []
        for stream in LogStream.allCases where follower.query.streams.contains(stream) {
            let output = LogOutput(replica: placement.replica, stream: stream)
            let feed = LogFeed(
                output, on: placement.node, named: placement.nodeName, start: start(output), follower: follower.id)
            follower.add(feed)
            actions += attach(feed, follows: follower.query.follows)
        }
        return actions
    }

    /// Where a service's replicas are now; nil once it is removed. Who follows the service goes on with those that are new.
    mutating func placed(_ service: ServiceName, _ placements: [ReplicaPlacement]?) -> [Action] {
        var actions: [Action] = []
        let present = Set((placements ?? []).map(\.replica))
        for follower in followers.values where follower.expectsMore && follower.query.service == service {
            if placements == nil { follower.expectsMore = false }
            for placement in placements ?? [] where !follower.follows(placement.replica) {
                guard follower.feeds.count < 2 * ServerLimits.logReplicas else {
                    follower.note("\(placement.replica) is left out: no more replicas are shown at a time")
                    continue
                }
                actions += add(placement, to: follower) { _ in .offset(0) }
            }
            for feed in follower.feeds where !present.contains(feed.output.replica) && sessions[feed.node] == nil {
                guard !feed.isDone else { continue }
                follower.note("\(feed.output.replica): the rest is missing: node \(feed.nodeName) is gone")
                feed.isDone = true
                actions += detach(feed)
            }
            follower.remove { $0.isDone && !present.contains($0.output.replica) }
            actions += serve(follower)
        }
        return actions
    }
}
