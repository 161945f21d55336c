/// What the API shows of a node.
public struct NodeRecord: Hashable, Sendable, Encodable {
    /// A node in one word.
    public enum Status: String, Hashable, Sendable, Encodable, CaseIterable {
        /// Its session is reconciled, and it has not been silent for the whole timeout.
        case ready
        /// Silent, or it said goodbye.
        case notReady = "not-ready"
        /// Not heard from since the control plane started, or only declared.
        case unknown
    }

    /// What is left on a node that is being drained, of one service.
    public struct Remainder: Hashable, Sendable, Encodable {
        /// Which service.
        public var service: ServiceName
        /// How many of its replicas are left.
        public var replicas: Int
        /// What they wait for, for people; nil where nothing holds them up.
        public var message: String?

        /// So many of a service.
        public init(service: ServiceName, replicas: Int, message: String? = nil) {
            self.service = service
            self.replicas = replicas
            self.message = message
        }
    }

    /// Its stable id.
    public var id: NodeID
    /// The name shown to people.
    public var name: String
    /// Where its services are reached.
    public var address: String
    /// Its labels.
    public var labels: [String: String]
    /// What it has.
    public var capacity: Capacity
    /// The word for it.
    public var status: Status
    /// When the control plane received its last heartbeat.
    public var lastHeartbeat: Timestamp?
    /// Whether new replicas may be placed on it.
    public var schedulable: Bool
    /// Whether its replicas are being moved away.
    public var draining: Bool
    /// Whether it has a session now.
    public var connected: Bool
    /// What it uses, by the last heartbeat.
    public var metrics: Usage?
    /// What is reserved on it: cores and MiB.
    public var allocated: Capacity
    /// How many replicas are placed on it.
    public var replicas: Int
    /// The version of its agent.
    public var agentVersion: String?
    /// While it is being drained: what is left there, by service; the first few of them.
    public var remaining: [Remainder]?

    /// A record.
    public init(
        id: NodeID, name: String, address: String, labels: [String: String], capacity: Capacity, status: Status,
        lastHeartbeat: Timestamp? = nil, schedulable: Bool, draining: Bool, connected: Bool, metrics: Usage? = nil,
        allocated: Capacity, replicas: Int, agentVersion: String? = nil, remaining: [Remainder]? = nil
    ) {
        self.id = id
        self.name = name
        self.address = address
        self.labels = labels
        self.capacity = capacity
        self.status = status
        self.lastHeartbeat = lastHeartbeat
        self.schedulable = schedulable
        self.draining = draining
        self.connected = connected
        self.metrics = metrics
        self.allocated = allocated
        self.replicas = replicas
        self.agentVersion = agentVersion
        self.remaining = remaining
    }

    private enum CodingKeys: CodingKey {
        case id, name, address, labels, capacity, status, lastHeartbeat, schedulable, draining, connected, metrics
        case allocated, replicas, agentVersion, remaining
    }

    /// Writes every base field, `lastHeartbeat` as null where there was none.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id, forKey: .id)
        try container.encode(name, forKey: .name)
        try container.encode(address, forKey: .address)
        try container.encode(labels, forKey: .labels)
        try container.encode(capacity, forKey: .capacity)
        try container.encode(status, forKey: .status)
        try container.encode(lastHeartbeat, forKey: .lastHeartbeat)
        try container.encode(schedulable, forKey: .schedulable)
        try container.encode(draining, forKey: .draining)
        try container.encode(connected, forKey: .connected)
        try container.encodeIfPresent(metrics, forKey: .metrics)
        try container.encode(allocated, forKey: .allocated)
        try container.encode(replicas, forKey: .replicas)
        try container.encodeIfPresent(agentVersion, forKey: .agentVersion)
        try container.encodeIfPresent(remaining, forKey: .remaining)
    }
}
