import HashTreeCollections
import OrionCore

extension ClusterState {
    /// What is left on a node that is being drained, by service, and what it waits for; nil for one that is not drained.
    /// Costs what is placed there.
    func remainder(of node: NodeState) -> [NodeRecord.Remainder]? {
        guard node.stored.isDraining else { return nil }
        var idsByService: [ServiceName: [ReplicaID]] = [:]
        for id in node.replicas {
            guard let replica = replicas[id], replica.holdsResources else { continue }
            idsByService[replica.service, default: []].append(id)
        }
        var reasons = WaitingReasons()
        return idsByService.sorted { $0.key < $1.key }.prefix(SchedulerLimits.servicesInDrain).map { name, ids in
            NodeRecord.Remainder(
                service: name, replicas: ids.count, message: whyLeft(ids, of: name, on: node, &reasons))
        }
    }

    /// What those of a service wait for; nil where nothing holds them up.
    private func whyLeft(
        _ ids: [ReplicaID], of name: ServiceName, on node: NodeState, _ reasons: inout WaitingReasons
    ) -> String? {
        guard node.presence == .connected else {
            return "The node is not connected: nobody knows whether they still run."
        }
        if ids.allSatisfy({ replicas[$0]?.standing == .stopping }) { return "They are stopping." }
        guard let service = services[name] else { return nil }
        if service.missing > 0 { return waitingReason(for: service, &reasons) }
        if waiting.contains(name) { return reasons.text(for: service.current.demand, in: self) }
        guard let newcomer = newcomer(of: service, insteadOf: ids) else { return nil }
        let place = nodes[newcomer.node]?.stored.name ?? newcomer.node.rawValue
        guard newcomer.stored.state == .ready else {
            let message = newcomer.stored.message.map { ": \($0)" } ?? ""
            return "Waits for \(newcomer.id) on \(place), which is \(newcomer.stored.state.rawValue)\(message)."
        }
        let seconds = service.specification.update.minReadySeconds.text
        return "Waits for \(newcomer.id) on \(place) to have been ready for \(seconds) s."
    }

    /// A replica that has to prove itself first: one that was placed instead of these, else another of the service.
    private func newcomer(of service: ServiceState, insteadOf ids: [ReplicaID]) -> ReplicaState? {
        let ids = Set(ids)
        var other: ReplicaState?
        for level in 0..<ReplicaState.Level.available {
            for id in service.members[.current, level] {
                guard let replica = replicas[id] else { continue }
                if let replaced = replica.stored.replaces, ids.contains(replaced) { return replica }
                other = other ?? replica
            }
        }
        return other
    }
}
