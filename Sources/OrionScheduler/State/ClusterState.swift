import HashTreeCollections
internal import OrionCore

/// The whole cluster as one value: what is wanted, what was heard, what waits.
///
/// A copy costs a few words, and a copy that is held costs a writer microseconds (persistent trees): the engine publishes
/// one after each commit, and steps on another.
public struct ClusterState: Sendable {
    let options: ReconcilerOptions
    var cluster: StoredCluster
    var configurations: TreeDictionary<String, StoredConfiguration> = [:]
    var services: TreeDictionary<ServiceName, ServiceState> = [:]
    var serviceNames = SortedTree<ServiceName>()
    /// The services of each `metadata.name`.
    var serviceNamesByConfiguration: TreeDictionary<String, SortedTree<ServiceName>> = [:]
    var nodes: TreeDictionary<NodeID, NodeState> = [:]
    /// Each node's last heartbeat. Not in `nodes`, whose values are large, and copied with their neighbours whenever one
    /// changes: heartbeats come by the thousand.
    var heartbeats: TreeDictionary<NodeID, LastHeartbeat> = [:]
    var nodeIDsByName: TreeDictionary<String, SortedTree<NodeID>> = [:]
    var replicas: TreeDictionary<ReplicaID, ReplicaState> = [:]
    /// Sessions that said hello and were not replaced, with the node that each speaks for.
    var sessions: TreeDictionary<SessionID, NodeID> = [:]
    /// Sessions whose agent claims the id of a node that has another, with that node.
    var challengers: TreeDictionary<SessionID, NodeID> = [:]
    /// Every node's id, sorted: the ring that round-robin walks.
    var ring: [NodeID] = []
    /// Services that miss replicas, or cannot go on rolling, for want of a place.
    var waiting = WaitingList()
    /// Services whose first start waits for others, by the service they wait for.
    var heldBack: TreeDictionary<ServiceName, SortedTree<ServiceName>> = [:]
    /// How many nodes are there (`NodeState.isThere`).
    var nodesThere = 0
    /// How many nodes are not lost (`NodeState.Presence.isPresent`).
    var nodesPresent = 0
    /// Since when there has always been one; nil while there is none.
    var thereSince: Instant?
    /// Services whose rollout has its time anew once a node is there.
    var suspended = SortedTree<ServiceName>()
    var timers = Timers()
    /// When this control plane began: nothing was said to any agent by an earlier one after that.
    var loadedAt = Instant.start
    /// While a start waits for agents to come back; nil afterwards.
    var startGrace: StartGrace?
    /// Nodes that were lost lately, and the pace at which what ran there is replaced.
    var losses = Losses()
    /// Replicas whose launch went to an agent with base fields alone, in the last step.
    var sentLaunches: [ReplicaID] = []
    /// Services to look at in the next step, whatever it brings: all of them after a start.
    var unreviewed = SortedTree<ServiceName>()

    /// Why nobody is lost yet after a start.
    struct StartGrace: Sendable {
        var start: Instant
        var lastHello: Instant?
    }

    /// The id of this state, made once.
    public var clusterId: String { cluster.clusterId }

    /// The number of the last change of the configuration.
    public var revision: Int64 { cluster.revision }

    /// How often agents are told to beat, and after how long a silence they are lost.
    public var reconcilerOptions: ReconcilerOptions { options }

    init(cluster: StoredCluster, options: ReconcilerOptions) {
        self.cluster = cluster
        self.options = options
    }
}
