/// One record written or removed. What the scheduler decides to keep, and what a store commits, many at once.
public enum StateChange: Hashable, Sendable {
    /// Writes the cluster's id and counters.
    case cluster(StoredCluster)
    /// Writes a configuration document.
    case configuration(StoredConfiguration)
    /// Removes a configuration document.
    case removeConfiguration(String)
    /// Writes a service.
    case service(StoredService)
    /// Removes a service, with its generations.
    case removeService(ServiceName)
    /// Writes a generation of a service.
    case generation(StoredGeneration)
    /// Removes a generation of a service.
    case removeGeneration(ServiceName, Int)
    /// Writes a node.
    case node(StoredNode)
    /// Removes a node.
    case removeNode(NodeID)
    /// Writes a replica.
    case replica(StoredReplica)
    /// Removes a replica.
    case removeReplica(ReplicaID)
}
