import HashTreeCollections
public import OrionCore

extension ClusterState {
    /// Every service as the API shows it, sorted by name.
    public func serviceRecords() -> [ServiceRecord] {
        var reasons = WaitingReasons()
        return serviceNames.compactMap { name in services[name].flatMap { record(of: $0, &reasons) } }
    }

    /// One service as the API shows it.
    public func serviceRecord(_ name: ServiceName) -> ServiceRecord? {
        var reasons = WaitingReasons()
        return services[name].flatMap { record(of: $0, &reasons) }
    }

    /// Every node as the API shows it, sorted by name.
    public func nodeRecords() -> [NodeRecord] {
        ring.compactMap { id in nodes[id].map(record(of:)) }.sorted { ($0.name, $0.id) < ($1.name, $1.id) }
    }

    /// One node, by its id or its name; refused where there is none (`notFound`) or several have that name (`conflict`).
    public func nodeRecord(_ idOrName: String) throws(OrionError) -> NodeRecord {
        let id = try nodeID(idOrName)
        guard let node = nodes[id] else { throw OrionError(.notFound, "There is no node \(idOrName).") }
        return record(of: node)
    }

    /// The id of the node that has this id, or else this name.
    func nodeID(_ idOrName: String) throws(OrionError) -> NodeID {
        let id = NodeID(rawValue: idOrName)
        if nodes[id] != nil { return id }
        guard let ids = nodeIDsByName[idOrName], let first = ids.first else {
            throw OrionError(.notFound, "There is no node with the id or name \(idOrName).")
        }
        guard ids.count == 1 else {
            let list = ids.prefix(5).map(\.rawValue).joined(separator: ", ")
            throw OrionError(
                .conflict, "\(ids.count) nodes have the name \(idOrName): use an id instead (\(list)).")
        }
        return first
    }

    func record(of node: NodeState) -> NodeRecord {
        let heartbeat = heartbeats[node.id]
        return NodeRecord(
            id: node.id, name: node.stored.name, address: node.stored.address, labels: node.stored.labels,
            capacity: node.stored.capacity ?? Capacity(), status: node.status, lastHeartbeat: heartbeat?.receivedAt,
            schedulable: node.stored.isSchedulable, draining: node.stored.isDraining, connected: node.session != nil,
            metrics: heartbeat?.usage, allocated: node.allocation.asCapacity, replicas: node.allocation.replicas,
            agentVersion: node.stored.agentVersion, remaining: remainder(of: node))
    }
}
