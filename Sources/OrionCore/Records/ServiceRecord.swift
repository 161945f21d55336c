/// What the API shows of a service: its specification, and how it is.
public struct ServiceRecord: Sendable {
    /// Every field of the specification, defaults filled in.
    public var specification: SharedSpecification
    /// How it is.
    public var status: ServiceStatus

    /// A record.
    public init(specification: SharedSpecification, status: ServiceStatus) {
        self.specification = specification
        self.status = status
    }
}

/// How a service is: the part of its record that the cluster adds to the specification.
public struct ServiceStatus: Hashable, Sendable, Encodable {
    /// A service in one word.
    public enum Summary: String, Hashable, Sendable, Encodable, CaseIterable {
        /// No replicas wanted, or under removal.
        case stopped
        /// A job that is done.
        case completed
        /// A job that failed, a halted rollout, restarts used up.
        case failed
        /// A rollout after the first generation.
        case updating
        /// As many ready as wanted.
        case running
        /// None has run yet.
        case pending
        /// Fewer ready than wanted.
        case degraded
    }

    /// How many there are.
    public struct Observed: Hashable, Sendable, Encodable {
        /// Wanted.
        public var desired = 0
        /// In `running`, `ready` or `unhealthy`.
        public var running = 0
        /// In `ready`.
        public var ready = 0
        /// Wanted and not placed, or placed and without a process: in `starting` or `backoff`.
        public var pending = 0
        /// In `failed`.
        public var failed = 0

        /// None.
        public init() {}
    }

    /// How far the wanted generation is.
    public struct Rollout: Hashable, Sendable, Encodable {
        /// Where it stands.
        public enum State: String, Hashable, Sendable, Encodable, CaseIterable {
            /// Under way.
            case progressing
            /// Every replica is of it and available.
            case complete
            /// It failed, and the one before it is back.
            case rolledBack = "rolled-back"
            /// It failed, and waits for someone.
            case halted
        }

        /// Which generation it is, or was, to bring.
        public var generation: Int
        /// Where it stands.
        public var state: State
        /// Replicas of the wanted generation: that one, or the one that brought an earlier specification back.
        public var updated: Int
        /// Replicas ready for long enough.
        public var available: Int
        /// Why it stands there.
        public var reason: String?
        /// The replicas that did not become available, as they were when it failed: where they were placed, and how
        /// their processes ended.
        public var evidence: [ReplicaRecord]?

        /// A rollout.
        public init(
            generation: Int, state: State, updated: Int, available: Int, reason: String? = nil,
            evidence: [ReplicaRecord]? = nil
        ) {
            self.generation = generation
            self.state = state
            self.updated = updated
            self.available = available
            self.reason = reason
            self.evidence = evidence
        }
    }

    /// Its stable id.
    public var id: String
    /// The word for it.
    public var status: Summary
    /// When it was created.
    public var createdAt: Timestamp
    /// When its specification was last changed.
    public var updatedAt: Timestamp
    /// The `metadata.name` that it belongs to.
    public var config: String
    /// The generation that is wanted.
    public var generation: Int
    /// The last generation that was complete.
    public var observedGeneration: Int
    /// How many there are.
    public var observed: Observed
    /// How far the wanted generation is.
    public var rollout: Rollout
    /// Each replica, the pending ones last.
    public var instances: [ReplicaRecord]

    /// A status.
    public init(
        id: String, status: Summary, createdAt: Timestamp, updatedAt: Timestamp, config: String, generation: Int,
        observedGeneration: Int, observed: Observed, rollout: Rollout, instances: [ReplicaRecord]
    ) {
        self.id = id
        self.status = status
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.config = config
        self.generation = generation
        self.observedGeneration = observedGeneration
        self.observed = observed
        self.rollout = rollout
        self.instances = instances
    }
}

/// What the API shows of one replica; of one that is pending, only its state and what it waits for.
public struct ReplicaRecord: Hashable, Sendable, Encodable {
    /// Its id; nil while it is not placed.
    public var replicaId: ReplicaID?
    /// Where it runs.
    public var nodeId: NodeID?
    /// That node's name.
    public var node: String?
    /// Where it is reached.
    public var address: String?
    /// Where it is in its life.
    public var state: ReplicaPhase
    /// The generation it runs.
    public var generation: Int?
    /// Restarts of its process.
    public var restarts: Int?
    /// When its present process was started.
    public var startedAt: Timestamp?
    /// Its ports, by name.
    public var ports: [String: Int]?
    /// How its last process ended.
    public var exitCode: Int?
    /// The signal that ended its last process.
    public var signal: String?
    /// What it waits for, or what its agent says of it.
    public var message: String?
    /// What it wrote last; only where it is evidence of a failed rollout.
    public var lastLines: LastLines?
    /// The replica that it was placed instead of.
    public var replaces: ReplicaID?
    /// What it uses, by the last heartbeat.
    public var metrics: Usage?

    /// A replica in that state, nothing else known.
    public init(state: ReplicaPhase) { self.state = state }
}
