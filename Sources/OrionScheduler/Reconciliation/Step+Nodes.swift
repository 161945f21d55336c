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
        if new.stored.isDraining != old.isDraining { for replica in new.replicas { updateReplica(replica) { _ in } } }
        return state.record(of: new)
    }

    mutating func forget(_ idOrName: String) throws(OrionError) -> NodeID {
        let id = try state.nodeID(idOrName)
        guard let node = state.nodes[id] else { return id }
        guard node.session == nil else {
            throw OrionError(
                .conflict,
                "The node \(idOrName) is connected: stop its agent first, or drain it to move its replicas away.")
        }
        for replica in node.replicas { removeReplica(replica) }
        state.removeNode(id)
        touchedNodes.insert(id)
        note("\(node.stored.name) is forgotten.", node: id)
        return id
    }

    /// Keeps a record of each machine that a configuration declares and no agent has said hello for.
    mutating func declare(_ nodes: [OrionConfig.ExpectedNode], in configuration: String) {
        let names = Set(nodes.map(\.name))
        for id in state.ring {
            guard let node = state.nodes[id], node.stored.declaredBy == configuration,
                !names.contains(node.stored.name)
            else { continue }
            for replica in node.replicas { removeReplica(replica) }
            state.removeNode(id)
            touchedNodes.insert(id)
        }
        for node in nodes { declare(node, in: configuration) }
    }

    private mutating func declare(_ expected: OrionConfig.ExpectedNode, in configuration: String) {
        let id = NodeID(rawValue: expected.name)
        let namesakes = state.nodeIDsByName[expected.name] ?? SortedTree()
        let declared = namesakes.first { state.nodes[$0]?.stored.declaredBy != nil }
        guard let declared else {
            guard namesakes.isEmpty, state.nodes[id] == nil, state.ring.count < SchedulerLimits.nodes else { return }
            state.addNode(NodeState(stored: StoredNode(id: id, name: expected.name, address: "")))
            return declare(expected, as: id, in: configuration)
        }
        declare(expected, as: declared, in: configuration)
    }

    private mutating func declare(
        _ expected: OrionConfig.ExpectedNode, as id: NodeID, in configuration: String
    ) {
        updateNode(id) { node in
            node.stored.address = expected.address
            node.stored.labels = expected.labels
            node.stored.capacity = expected.capacity
            node.stored.declaredBy = configuration
        }
    }
}

extension StoredNode {
    /// Its operator's last word on it, for people.
    fileprivate var serviceText: String {
        if isDraining { return "\(name) is being drained: its replicas are moved away." }
        return isSchedulable ? "\(name) takes new replicas again." : "\(name) takes no new replicas."
    }
}
