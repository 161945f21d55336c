/// What a cluster has one of: its id and its counters.
public struct StoredCluster: Hashable, Sendable, Encodable {
    /// Made once for each state; `memory` for one that is not kept.
    public var clusterId: String
    /// Raised by every change of the configuration.
    public var revision: Int64 = 0
    /// The fence of the last placement.
    public var lastFence = Fence(rawValue: 0)
    /// Where round-robin placed last.
    public var cursor: NodeID?

    /// A new cluster.
    public init(clusterId: String) { self.clusterId = clusterId }
}

/// A configuration document without its services: whose it is, and what is kept of it.
public struct StoredConfiguration: Hashable, Sendable {
    /// `metadata.name`.
    public var name: String
    /// The document as JSON, `spec.services` empty.
    public var document: [UInt8]

    /// A document.
    public init(name: String, document: [UInt8]) {
        self.name = name
        self.document = document
    }
}

/// A service's desired state, apart from the specifications of its generations.
public struct StoredService: Hashable, Sendable, Encodable {
    /// Its name.
    public var name: ServiceName
    /// Made once, when it was created.
    public var id: String
    /// The `metadata.name` that it belongs to.
    public var config: String
    /// The generation that is wanted.
    public var generation: Int
    /// The first generation of this service: a removed one of that name had the earlier ones.
    public var firstGeneration = 1
    /// The last generation that was complete; 0 before the first.
    public var observedGeneration = 0
    /// The last generation of which a replica has been ready; 0 before the first. Until one of the wanted generation
    /// has been, what is lost or failed is replaced in this one.
    public var provenGeneration = 0
    /// Whether it is under removal.
    public var isRemoving = false
    /// When it was created.
    public var createdAt: Timestamp
    /// When its specification was last changed.
    public var updatedAt: Timestamp

    /// A new service.
    public init(name: ServiceName, id: String, config: String, generation: Int, createdAt: Timestamp) {
        self.name = name
        self.id = id
        self.config = config
        self.generation = generation
        self.createdAt = createdAt
        self.updatedAt = createdAt
    }
}

/// One generation of a service: its specification, how it came about and how it ended.
public struct StoredGeneration: Hashable, Sendable {
    /// Whose.
    public var service: ServiceName
    /// Which; the first is 1.
    public var generation: Int
    /// The last generation, up to this one, that needed new processes: a replica of it or of a later one is current.
    public var restartFrom: Int
    /// When it was made.
    public var createdAt: Timestamp
    /// The specification as JSON.
    public var specification: [UInt8]
    /// The fields that differ from the generation before it.
    public var fields: [String] = []
    /// The generation whose rollout it undid.
    public var undoes: Int?
    /// How its rollout ended; nil while it goes on.
    public var ending: RolloutEnding?

    /// A generation.
    public init(
        service: ServiceName, generation: Int, restartFrom: Int, createdAt: Timestamp, specification: [UInt8]
    ) {
        self.service = service
        self.generation = generation
        self.restartFrom = restartFrom
        self.createdAt = createdAt
        self.specification = specification
    }
}

/// A machine that has said hello, or that a configuration declares.
public struct StoredNode: Hashable, Sendable, Encodable {
    /// Its stable id.
    public var id: NodeID
    /// The name shown to people.
    public var name: String
    /// Where its services are reached.
    public var address: String
    /// Its labels.
    public var labels: [String: String]
    /// What it has, where that is known.
    public var capacity: Capacity?
    /// Whether new replicas may be placed on it.
    public var isSchedulable = true
    /// Whether its replicas are being moved away.
    public var isDraining = false
    /// The version of its agent.
    public var agentVersion: String?
    /// The version of the contract that its agent speaks; nil for base fields alone.
    public var `protocol`: Int?
    /// The configuration that declares it, for one that no agent has said hello for.
    public var declaredBy: String?

    /// A machine.
    public init(id: NodeID, name: String, address: String, labels: [String: String] = [:]) {
        self.id = id
        self.name = name
        self.address = address
        self.labels = labels
    }
}

/// One placement: what it is meant to do, and what was last heard of it.
public struct StoredReplica: Hashable, Sendable, Encodable {
    /// What its node was told, or will be.
    public enum Intent: String, Hashable, Sendable, Encodable, CaseIterable {
        /// Run it.
        case run
        /// Stop it and forget it.
        case stop
    }

    /// Its id.
    public var id: ReplicaID
    /// Whose it is.
    public var service: ServiceName
    /// Where it was placed.
    public var node: NodeID
    /// The generation it was launched with, or was last updated to.
    public var generation: Int
    /// The placement's number.
    public var fence: Fence
    /// What its node was told.
    public var intent = Intent.run
    /// What was last heard of it.
    public var state = ReplicaPhase.starting
    /// Whether a hello or a status ever named it, or (an agent with base fields alone) its launch was sent.
    public var isKnown = false
    /// Restarts of its process.
    public var restarts = 0
    /// When it was placed.
    public var createdAt: Timestamp
    /// When its present process was started.
    public var startedAt: Timestamp?
    /// Its ports, by name.
    public var ports: [String: Int] = [:]
    /// How its last process ended, if it exited.
    public var exitCode: Int?
    /// The signal that ended its last process.
    public var signal: String?
    /// What its agent says of it to people.
    public var message: String?
    /// The replica that it was placed instead of.
    public var replaces: ReplicaID?

    /// A placement.
    public init(
        id: ReplicaID, service: ServiceName, node: NodeID, generation: Int, fence: Fence, createdAt: Timestamp
    ) {
        self.id = id
        self.service = service
        self.node = node
        self.generation = generation
        self.fence = fence
        self.createdAt = createdAt
    }
}
