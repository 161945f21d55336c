/// What an agent says.
///
/// What is large lies elsewhere (`indirect`), so that a heartbeat is small to hand on.
public enum AgentMessage: Hashable, Sendable {
    /// Who it is and what it runs: the first frame, and the answer to `sync`.
    indirect case hello(Hello)
    /// It is there, and uses so much.
    case heartbeat(Heartbeat)
    /// A replica changed its state; also the acknowledgement of `launch`, `stop` and `update`.
    indirect case status(ReplicaStatus)
    /// It is about to stop its replicas and end.
    case leaving
    /// It has stopped its replicas and ends.
    case goodbye
    /// A piece of a replica's output.
    indirect case log(LogChunk)
    /// A type that this version does not know: ignored and counted.
    case unknown(type: String)
    /// A status that cannot be taken (an unknown state): ignored and counted.
    case ignored(reason: String)
}

/// Who an agent is and what it runs.
public struct Hello: Hashable, Sendable, Encodable {
    /// The entries that a hello may have, and so the records that an agent may hold: the 4,000 replicas that a node takes,
    /// and as many that have ended and were not answered yet.
    public static let maximumReplicas = 8_000

    /// The node's stable id.
    public var nodeId: NodeID
    /// The name shown to people.
    public var name: String
    /// Where the node's services are reached.
    public var address: String
    /// Its labels.
    public var labels: [String: String]
    /// The version of the contract; nil from an agent with base fields alone.
    public var `protocol`: Int?
    /// Made at each start of the agent.
    public var instanceId: String?
    /// A bearer token, where authentication is on.
    public var token: String?
    /// What the machine has.
    public var capacity: Capacity?
    /// The agent's version.
    public var agentVersion: String?
    /// Every replica that the agent holds a record of; nil from an agent with base fields alone.
    public var replicas: [ReplicaStatus]?

    /// A hello with the base fields.
    public init(nodeId: NodeID, name: String, address: String, labels: [String: String] = [:]) {
        self.nodeId = nodeId
        self.name = name
        self.address = address
        self.labels = labels
    }
}

/// How much of a machine, or of one replica, is used.
public struct Usage: Hashable, Sendable, Encodable {
    /// Percent of one core.
    public var cpu: Double
    /// Bytes.
    public var memory: Double

    /// So much.
    public init(cpu: Double, memory: Double) {
        self.cpu = cpu
        self.memory = memory
    }
}

/// A sign of life, with what is used. Never stored.
public struct Heartbeat: Hashable, Sendable, Encodable {
    /// When the agent sent it, by its own clock.
    public var timestamp: Timestamp
    /// What the machine uses.
    public var metrics: Usage
    /// What each replica uses.
    public var replicas: [ReplicaID: Usage]?
    /// The fold of every replica's id and state (`ReplicaDigest`), 16 hex digits.
    public var digest: String?

    /// A heartbeat with the base fields.
    public init(timestamp: Timestamp, metrics: Usage) {
        self.timestamp = timestamp
        self.metrics = metrics
    }
}
