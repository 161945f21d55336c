import HashTreeCollections
import OrionCore

/// Replacing what runs though it should not stay: an older generation, a draining node, too many exits on one node.
extension Step {
    /// Goes on replacing, as many at a time as the service allows; false where the next one found no place.
    mutating func roll(_ name: ServiceName, among candidates: [NodeID]?) -> Bool {
        guard let service = state.services[name], service.members.toReplace > 0 else { return true }
        // What is missing comes first, and may itself wait for what old replicas hold.
        if service.lacks {
            _ = makeRoom(for: name, among: candidates)
            return true
        }
        while let service = state.services[name], let old = stoppable(of: service) {
            let left = state.replicas[old].flatMap { $0.standing == .failing ? $0.node : nil }
            stop(old)
            guard let service = state.services[name], service.missing > 0 else { continue }
            if let left, service.hasRoomForOne {
                let generation = service.generationToPlace
                if place(name, generation: generation, insteadOf: old, among: candidates, avoiding: left) {
                    return true
                }
            }
            // It went first: what comes instead of it is a new one.
            updateService(name) { $0.hasStoppedFirst = true }
            return true
        }
        return placeNew(name, among: candidates)
    }

    /// Places new replicas beside the old ones, as far as the budget goes.
    private mutating func placeNew(_ name: ServiceName, among candidates: [NodeID]?) -> Bool {
        guard let service = state.services[name], service.isFree(at: now) else { return true }
        guard service.members.count(.outdated) > 0 else { return moveFailing(name, among: candidates) }
        var replaced = replacedAlready(in: service)
        while let service = state.services[name], service.hasRoomForNew {
            let old = first(.outdated, of: service, but: replaced) ?? first(.outdated, of: service)
            guard place(name, generation: service.generationToPlace, insteadOf: old, among: candidates) else {
                _ = makeRoom(for: name, among: candidates)
                return false
            }
            if let old { replaced.insert(old) }
        }
        return true
    }

    /// Tries one replica that exited too often on another node: one at a time, since the fault may be its own.
    private mutating func moveFailing(_ name: ServiceName, among candidates: [NodeID]?) -> Bool {
        guard let service = state.services[name], service.hasRoomForNew, service.members.unavailable == 0,
            let old = first(.failing, of: service), let node = state.replicas[old]?.node
        else { return true }
        return place(
            name, generation: service.generationToPlace, insteadOf: old, among: candidates, avoiding: node)
    }

    /// Old replicas that one of those still to prove themselves was placed instead of.
    private func replacedAlready(in service: ServiceState) -> Set<ReplicaID> {
        var replaced: Set<ReplicaID> = []
        guard service.hasRoomForNew else { return replaced }
        for level in 0..<ReplicaState.Level.available {
            for id in service.members[.current, level] {
                if let old = state.replicas[id]?.stored.replaces { replaced.insert(old) }
            }
        }
        return replaced
    }

    /// The first to be replaced: one that is not ready, if there is one.
    private func first(
        _ standing: ReplicaState.Standing, of service: ServiceState, but others: Set<ReplicaID> = []
    ) -> ReplicaID? {
        for level in 0..<ReplicaState.Level.count {
            if let id = service.members[standing, level].first(where: { !others.contains($0) }) { return id }
        }
        return nil
    }

    /// Where a new replica fits nowhere only because of what an old one of its service holds, stops that one first.
    /// One at a time: not while one of the wanted generation is not ready yet, or an old one still stops.
    private mutating func makeRoom(for name: ServiceName, among candidates: [NodeID]?) -> Bool {
        guard let service = state.services[name], service.members.unavailable == 0, !service.hasStoppedFirst,
            service.members[.stopping, ReplicaState.Level.expected].isEmpty,
            findNode(for: service.current.demand, among: candidates) == nil,
            let old = obstacle(to: service, among: candidates)
        else { return false }
        note(
            "\(old) is stopped before its successor starts: there is no room for both.", service: name, replica: old)
        updateService(name) { $0.hasStoppedFirst = true }
        stop(old)
        return true
    }

    /// An old replica whose end would make room for a new one.
    func obstacle(to service: ServiceState, among candidates: [NodeID]?) -> ReplicaID? {
        let demand = service.current.demand
        let allowed = candidates.map(Set.init)
        for level in 0..<ReplicaState.Level.count {
            for id in service.members[.outdated, level] {
                guard let replica = state.replicas[id], allowed?.contains(replica.node) ?? true,
                    let node = state.nodes[replica.node],
                    node.refusal(of: demand, releasing: replica.demand) == nil
                else { continue }
                return id
            }
        }
        return nil
    }
}
