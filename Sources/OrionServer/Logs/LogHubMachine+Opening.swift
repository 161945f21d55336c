import OrionCore
import OrionScheduler

/// Clients that come, and replicas that come and go.
extension LogHubMachine {
    /// Takes a client in; returns its number.
    ///
    /// - Parameter forgotten: replicas that the control plane knows no more, the oldest first: shown as far as there is
    ///   room beside those that it knows.
    mutating func open(
        _ query: LogQuery, _ placements: [ReplicaPlacement], forgotten: [ReplicaPlacement] = []
    ) throws(OrionError) -> (number: Int, actions: [Action]) {
        try checkRoom()
        guard placements.count <= ServerLimits.logReplicas else {
            throw OrionError(
                .invalid,
                "\(query.service) has \(placements.count) replicas, and the logs of at most \(ServerLimits.logReplicas) "
                    + "are shown at a time: name one with replica=ID.")
        }
        let dropped = max(0, placements.count + forgotten.count - ServerLimits.logReplicas)
        let placements = placements + forgotten.dropFirst(dropped)
        try checkNodes(of: placements)
        let follower = LogFollower(id: nextNumber(), query: query)
        followers[follower.id] = follower
        for placement in forgotten.prefix(dropped) { follower.leaveOut(placement.replica) }
        var actions: [Action] = []
        for placement in placements {
            if let absence = absence(of: placement) {
                let outcome = query.follows ? "is shown once it is \(absence.remedy)" : "is left out"
                follower.note("\(absence.reason): \(placement.replica) \(outcome)")
                guard query.follows else { continue }
            }
            actions += add(placement, to: follower) { query.start(of: $0) }
        }
        return (follower.id, actions)
    }

    /// Why nothing comes of a replica's node, and what would change that; nil where it sends logs.
    private func absence(of placement: ReplicaPlacement) -> (reason: String, remedy: String)? {
        let name = placement.nodeName
        guard let session = sessions[placement.node] else { return ("node \(name) is not connected", "back") }
        return session.sendsLogs ? nil : ("the agent of node \(name) does not send logs", "upgraded")
    }

    /// Some of the nodes are enough; none is a reason to refuse.
    private func checkNodes(of placements: [ReplicaPlacement]) throws(OrionError) {
        guard !placements.isEmpty, !placements.contains(where: { sessions[$0.node]?.sendsLogs == true }) else { return }
        let old = placements.filter { sessions[$0.node] != nil }
        let names = Set((old.isEmpty ? placements : old).map(\.nodeName)).sorted().prefix(5).joined(separator: ", ")
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
            follower.keepLeftOut(of: present)
            let new = (placements ?? []).filter { !follower.follows($0.replica) }
            let room = new.isEmpty ? 0 : follower.room
            for placement in new.prefix(room) { actions += add(placement, to: follower) { _ in .offset(0) } }
            for placement in new.dropFirst(room) { follower.leaveOut(placement.replica) }
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
