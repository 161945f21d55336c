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
        let dependencies = unreadyDependencies(of: service)
        if !dependencies.isEmpty { return text(waitingFor: dependencies) }
        let awaited = service.members[.gone, ReplicaState.Level.awaited].first ?? boundToStop(of: service)
        let held = service.members[.vacant, ReplicaState.Level.held].count
        if let gone = awaited.flatMap({ replicas[$0] }), service.members.awaitingTurn >= service.missing {
            return text(awaiting: gone)
        }
        if held >= service.missing, let hold = service.hold {
            return "Waits \(hold.delaySeconds) s after the last one failed before it is replaced."
        }
        return reasons.text(for: service.current.demand, in: self)
    }

    /// One that was told to stop and keeps its place until it has.
    private func boundToStop(of service: ServiceState) -> ReplicaID? {
        guard service.members.boundToStop > 0 else { return nil }
        return service.members[.stopping, ReplicaState.Level.expected].first { replicas[$0]?.isBound == true }
            ?? service.members[.stopping, ReplicaState.Level.lost].first { replicas[$0]?.isBound == true }
    }

    private func text(waitingFor dependencies: [ServiceName]) -> String {
        let absent = dependencies.filter { services[$0]?.stored.isRemoving ?? true }
        let names = dependencies.map(\.rawValue).joined(separator: ", ")
        let one = dependencies.count == 1
        let waits = "Waits for its \(one ? "dependency" : "dependencies") \(names)"
        guard !absent.isEmpty else { return "\(waits) to be ready." }
        let which =
            one ? "which is not there" : "of which there is no \(absent.map(\.rawValue).joined(separator: ", "))"
        return "\(waits), \(which): apply it, or take it out of dependencies."
    }

    private func text(awaiting replica: ReplicaState) -> String {
        let disconnect = replica.specification.value.disconnect
        let waits = "Waits before \(replica.id) on \(nodes[replica.node]?.stored.name ?? "its node") is replaced: "
        if !disconnect.overlap {
            return waits + "it must not run twice (disconnect.overlap: false) until its agent has stopped it."
        }
        if let seconds = disconnect.replaceAfterSeconds {
            return waits + "its node may be silent for \(seconds) s (disconnect.replaceAfterSeconds)."
        }
        return waits + "many nodes vanished at once, and what they ran is replaced little by little."
    }

    /// The dependencies that hold back this service's first start.
    func unreadyDependencies(of service: ServiceState) -> [ServiceName] {
        service.hasStarted ? [] : service.specification.dependencies.filter { services[$0]?.isReady != true }
    }
}
