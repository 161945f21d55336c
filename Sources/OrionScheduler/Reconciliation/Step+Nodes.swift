import HashTreeCollections
import OrionCore

/// What people decide about nodes.
extension Step {
    mutating func setNode(
        _ idOrName: String, _ change: (inout StoredNode) -> Void
    ) throws(OrionError) -> NodeRecord {
        let id = try state.nodeID(idOrName)
        guard let old = state.nodes[id]?.stored else { return try state.nodeRecord(idOrName) }
        updateNode(id) { change(&$0.stored) }
        guard let new = state.nodes[id] else { return try state.nodeRecord(idOrName) }
        if new.stored != old { note(new.stored.serviceText, node: id) }
        if new.stored.isDraining != old.isDraining {
            for replica in new.replicas {
                if new.stored.isDraining { forgetProgress(of: replica) }
                updateReplica(replica) { _ in }
            }
        }
        return state.record(of: new)
    }

    /// Whether its agent may still run what must not run twice; not where nobody but the operator can know.
    private func mayStillRun(_ id: ReplicaID) -> Bool {
        guard let replica = state.replicas[id], !replica.stored.state.isFinal,
            !replica.specification.value.disconnect.overlap, replica.replacedBy == nil
        else { return false }
        guard replica.stored.state == .lost, let replaceAt = replica.replaceAt else { return true }
        return replaceAt > now
    }

    mutating func forget(_ idOrName: String) throws(OrionError) -> NodeID {
        let id = try state.nodeID(idOrName)
        guard let node = state.nodes[id] else { return id }
        guard node.session == nil else {
            throw OrionError(
                .conflict,
                "The node \(idOrName) is connected: stop its agent first, or drain it to move its replicas away.")
        }
        if let waiting = node.replicas.first(where: { mayStillRun($0) }) {
            throw OrionError(
                .conflict,
                "The node \(idOrName) cannot be forgotten yet: \(waiting) must not run twice (disconnect.overlap: false), and may still run there."
            )
        }
        for replica in node.replicas { removeReplica(replica) }
        state.removeNode(id)
        touchedNodes.insert(id)
        note("\(node.stored.name) is forgotten.", node: id)
        return id
    }
}

extension StoredNode {
    /// Its operator's last word on it, for people.
    fileprivate var serviceText: String {
        if isDraining { return "\(name) is being drained: its replicas are moved away." }
        return isSchedulable ? "\(name) takes new replicas again." : "\(name) takes no new replicas."
    }
}
