import HashTreeCollections
import OrionCore

/// Replacing what runs though it should not stay: an older generation, a draining node, too many exits on one node.
extension Step {
    /// Goes on replacing, one replica at a time, new before old; false where the next one found no place.
    mutating func roll(_ name: ServiceName, among candidates: [NodeID]?) -> Bool {
        guard let service = state.services[name], service.members.toReplace > 0, service.members.unavailable == 0
        else { return true }
        // What is missing comes first, and may itself wait for what old replicas hold.
        if service.missing > 0 {
            _ = makeRoom(for: name, among: candidates)
            return true
        }
        if service.members.live + service.members.count(.done) > service.wanted {
            guard let old = stoppable(of: service) else { return true }
            stop(old)
        }
        return placeNext(name, among: candidates)
    }

    private mutating func placeNext(_ name: ServiceName, among candidates: [NodeID]?) -> Bool {
        guard let service = state.services[name],
            service.members.live + service.members.count(.done) <= service.wanted
        else { return true }
        if let hold = service.hold, hold.until > now { return true }
        let generation = service.stored.generation
        if let old = first(.outdated, of: service) {
            if place(name, generation: generation, insteadOf: old, among: candidates) { return true }
            _ = makeRoom(for: name, among: candidates)
            return false
        }
        guard let old = first(.failing, of: service), let node = state.replicas[old]?.node else { return true }
        return place(name, generation: generation, insteadOf: old, among: candidates, avoiding: node)
    }

    /// The first to be replaced: one that is not ready, if there is one.
    private func first(_ standing: ReplicaState.Standing, of service: ServiceState) -> ReplicaID? {
        for level in 0..<ReplicaState.Level.count {
            if let id = service.members[standing, level].first { return id }
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
