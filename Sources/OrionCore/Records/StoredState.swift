/// Everything that a store holds: what a control plane starts from.
public struct StoredState: Hashable, Sendable {
    /// The id and the counters.
    public var cluster: StoredCluster
    /// The documents applied.
    public var configurations: [StoredConfiguration] = []
    /// The services.
    public var services: [StoredService] = []
    /// The generations kept of them.
    public var generations: [StoredGeneration] = []
    /// The machines.
    public var nodes: [StoredNode] = []
    /// The placements.
    public var replicas: [StoredReplica] = []

    /// The state of a new cluster.
    public init(cluster: StoredCluster) { self.cluster = cluster }
}
