/// What the control plane says to an agent.
public enum ControlMessage: Sendable {
    /// The answer to the first hello.
    case welcome(Welcome)
    /// Start a replica.
    case launch(Launch)
    /// Stop a replica, or forget one that has ended.
    case stop(Stop)
    /// A changed specification that needs no new processes.
    case update(Update)
    /// Say hello again.
    case sync
    /// Send a replica's output.
    case logs(LogRequest)
    /// A type that this version does not know: ignored.
    case unknown(type: String)
}

/// The answer to the first hello of a session.
public struct Welcome: Hashable, Sendable, Encodable {
    /// The node's id, as the hello said it.
    public var nodeId: NodeID
    /// The version of the contract that is spoken.
    public var `protocol`: Int
    /// The id of this state, made once.
    public var clusterId: String
    /// Seconds between two heartbeats.
    public var heartbeatIntervalSeconds: Double
    /// Seconds of silence until the node is lost.
    public var heartbeatTimeoutSeconds: Double

    /// A welcome.
    public init(
        nodeId: NodeID, protocol: Int = 1, clusterId: String, heartbeatIntervalSeconds: Double,
        heartbeatTimeoutSeconds: Double
    ) {
        self.nodeId = nodeId
        self.protocol = `protocol`
        self.clusterId = clusterId
        self.heartbeatIntervalSeconds = heartbeatIntervalSeconds
        self.heartbeatTimeoutSeconds = heartbeatTimeoutSeconds
    }
}

/// The order to start a replica.
public struct Launch: Sendable {
    /// The whole specification.
    public var service: SharedSpecification
    /// Which replica.
    public var replicaId: ReplicaID
    /// The generation of the specification; nil from a control plane with base fields alone.
    public var generation: Int?
    /// The placement's fence.
    public var fence: Fence?

    /// An order.
    public init(service: SharedSpecification, replicaId: ReplicaID, generation: Int? = nil, fence: Fence? = nil) {
        self.service = service
        self.replicaId = replicaId
        self.generation = generation
        self.fence = fence
    }
}

/// The order to stop a replica, or to forget one that has ended.
public struct Stop: Hashable, Sendable, Encodable {
    /// The service's name.
    public var serviceName: ServiceName
    /// Which replica.
    public var replicaId: ReplicaID
    /// Seconds until SIGKILL; nil leaves it to the specification.
    public var gracePeriodSeconds: Double?

    /// An order.
    public init(serviceName: ServiceName, replicaId: ReplicaID, gracePeriodSeconds: Double? = nil) {
        self.serviceName = serviceName
        self.replicaId = replicaId
        self.gracePeriodSeconds = gracePeriodSeconds
    }
}

/// A changed specification that the running replicas of a service take over as they are.
public struct Update: Sendable {
    /// The service's name.
    public var serviceName: ServiceName
    /// The whole new specification.
    public var config: SharedSpecification
    /// Its generation.
    public var generation: Int?

    /// An order.
    public init(serviceName: ServiceName, config: SharedSpecification, generation: Int? = nil) {
        self.serviceName = serviceName
        self.config = config
        self.generation = generation
    }
}
