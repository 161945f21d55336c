import HashTreeCollections
public import OrionCore

/// Where a replica is.
public struct ReplicaPlacement: Hashable, Sendable {
    /// Which one.
    public var replica: ReplicaID
    /// Its node.
    public var node: NodeID
    /// The node's name, for people.
    public var nodeName: String

    /// A replica on a node.
    public init(replica: ReplicaID, node: NodeID, nodeName: String) {
        self.replica = replica
        self.node = node
        self.nodeName = nodeName
    }
}

extension ClusterState {
    /// Where a service's replicas are, ended ones too as long as they are known, in the order of their ids; nil where
    /// there is no such service. Costs as much as the service has replicas.
    public func placements(of service: ServiceName) -> [ReplicaPlacement]? {
        services[service].map { service in service.members.all.compactMap { placement(of: $0, in: service.name) } }
    }

    /// Where a replica of that service is; nil where it is not known.
    public func placement(of id: ReplicaID, in service: ServiceName) -> ReplicaPlacement? {
        guard let replica = replicas[id], replica.service == service else { return nil }
        let name = nodes[replica.node]?.stored.name ?? replica.node.rawValue
        return ReplicaPlacement(replica: id, node: replica.node, nodeName: name)
    }
}
