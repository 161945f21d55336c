import HashTreeCollections
import OrionCore

/// Why replicas wait, found out once for each demand: many services may ask for the same.
struct WaitingReasons {
    private var texts: [Demand: String] = [:]

    /// The reason for a demand that no node takes.
    mutating func text(for demand: Demand, in state: ClusterState) -> String {
        if let text = texts[demand] { return text }
        let text = Self.explain(demand, in: state)
        texts[demand] = text
        return text
    }

    private static func explain(_ demand: Demand, in state: ClusterState) -> String {
        guard !state.ring.isEmpty else { return "Waits for a node: none has connected yet." }
        var counts: [(refusal: PlacementRefusal, count: Int)] = []
        for id in state.ring {
            guard let refusal = state.nodes[id]?.refusal(of: demand) else { return "Waits to be placed." }
            if let index = counts.firstIndex(where: { $0.refusal == refusal }) {
                counts[index].count += 1
            } else {
                counts.append((refusal, 1))
            }
        }
        let parts = counts.map { "\($0.count) \($0.refusal.text(count: $0.count, of: demand))" }
        let nodes =
            state.ring.count == 1 ? "The only node does not take it" : "None of \(state.ring.count) nodes takes it"
        return "\(nodes): \(parts.joined(separator: ", "))."
    }
}

extension ClusterState {
    /// What a service's missing replicas wait for.
    func waitingReason(for service: ServiceState, _ reasons: inout WaitingReasons) -> String {
        if let dependency = unreadyDependency(of: service) {
            let isThere = services[dependency].map { !$0.stored.isRemoving } ?? false
            return isThere
                ? "Waits for its dependency \(dependency) to be ready."
                : "Waits for its dependency \(dependency), which is not there: apply it, or take it out of dependencies."
        }
        let held = service.members[.vacant, ReplicaState.Level.held].count
        if held >= service.missing, let hold = service.hold {
            return "Waits \(hold.delaySeconds) s after the last one failed before it is replaced."
        }
        return reasons.text(for: service.current.demand, in: self)
    }

    /// The first dependency that holds back this service's first start.
    func unreadyDependency(of service: ServiceState) -> ServiceName? {
        guard !service.hasStarted else { return nil }
        return service.specification.dependencies.first { services[$0]?.isReady != true }
    }
}
