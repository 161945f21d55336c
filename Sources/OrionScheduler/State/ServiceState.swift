import OrionCore

/// A service: its record, its generations, its replicas, and what only memory knows of it.
struct ServiceState: Sendable {
    /// One generation's specification.
    struct Generation: Sendable {
        var specification: SharedSpecification
        var restartFrom: Int
        var createdAt: Timestamp
        var demand: Demand

        init(specification: SharedSpecification, restartFrom: Int, createdAt: Timestamp) {
            self.specification = specification
            self.restartFrom = restartFrom
            self.createdAt = createdAt
            demand = Demand(specification.value)
        }
    }

    /// The back-off between replacements of replicas that failed.
    struct Hold: Sendable {
        var delaySeconds: Double
        var until: Instant
    }

    var stored: StoredService
    /// The generations kept, the wanted one among them.
    var generations: [Int: Generation]
    /// The wanted generation.
    var current: Generation
    var members = Members()
    /// While replacements wait, and after how long a wait the last ones came.
    var hold: Hold?
    /// Whether an old replica was stopped first, to make room for one of the wanted generation.
    var hasStoppedFirst = false
    /// Whether replicas were placed before: its dependencies no longer hold it back.
    var hasStarted = false

    var name: ServiceName { stored.name }
    var specification: ServiceSpecification { current.specification.value }
    /// How many are to run.
    var wanted: Int { stored.isRemoving ? 0 : specification.replicas }
    /// How many are neither told to run nor done: what is to be placed.
    var missing: Int { max(0, wanted - members.live - members.count(.done)) }
    /// How many may be told to run beyond those wanted while some are to be replaced. One where nothing else is allowed:
    /// a share of few replicas can come to none.
    var maxSurge: Int {
        let surge = specification.update.maxSurge.roundedUp(of: wanted)
        return surge == 0 && maxUnavailable == 0 ? 1 : surge
    }
    /// How many of those wanted may be missing meanwhile.
    var maxUnavailable: Int { min(wanted, specification.update.maxUnavailable.roundedDown(of: wanted)) }
    /// Whether as many are ready as wanted, and some are.
    var isReady: Bool { wanted > 0 && members.ready >= wanted }
    /// Whether it is removed but for replicas on lost nodes, which are stopped when those are heard from.
    var isVanished: Bool {
        stored.isRemoving && members.all.count == members[.stopping, ReplicaState.Level.lost].count
    }

    init(stored: StoredService, generations: [Int: Generation], current: Generation) {
        self.stored = stored
        self.generations = generations
        self.current = current
    }

    /// Whether a replica does what the wanted generation says.
    func isCurrent(_ replica: ReplicaState) -> Bool {
        replica.stored.generation >= current.restartFrom && replica.demand == current.demand
    }

    /// The generation that replaces lost and failed replicas: the wanted one if one of it has been ready or none before
    /// it ever was, else the last of which one has been.
    var replacementGeneration: Int {
        let proven = stored.provenGeneration
        return proven < current.restartFrom && generations[proven] != nil ? proven : stored.generation
    }
}
