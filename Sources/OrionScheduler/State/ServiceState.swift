import HashTreeCollections
import OrionCore

/// A service: its record, its generations, its replicas, and what only memory knows of it.
struct ServiceState: Sendable {
    /// One generation's specification.
    struct Generation: Sendable {
        var specification: SharedSpecification
        var restartFrom: Int
        var createdAt: Timestamp
    }

    var stored: StoredService
    /// The generations kept, the wanted one among them.
    var generations: [Int: Generation]
    /// The wanted generation.
    var current: Generation
    var replicas: TreeSet<ReplicaID> = []
    var tally = Tally()
    /// Why what is missing is not placed; nil while nothing is.
    var waitsFor: String?
    /// Failed replicas whose replacement waits for `heldUntil`.
    var heldBack = 0
    var heldUntil: Instant?
    /// The delay that the next failed replica's replacement waits, in seconds; nil for the first.
    var replacementDelaySeconds: Double?
    /// The old replica that was stopped first to make room for one of the wanted generation.
    var stoppedFirst: ReplicaID?
    /// The last generation of which a replica has been ready.
    var provenGeneration = 0

    var name: ServiceName { stored.name }
    var specification: ServiceSpecification { current.specification.value }
    /// How many are to run.
    var wanted: Int { stored.isRemoving ? 0 : specification.replicas }
    /// Whether the wanted generation, or one that needed no new processes since, is complete.
    var isRolling: Bool { stored.observedGeneration > 0 && current.restartFrom > stored.observedGeneration }

    init(stored: StoredService, generations: [Int: Generation], current: Generation) {
        self.stored = stored
        self.generations = generations
        self.current = current
    }

    /// Whether a replica of this generation does what is wanted.
    func isCurrent(_ replica: ReplicaState) -> Bool {
        replica.stored.generation >= current.restartFrom
            && replica.specification.value.resources == specification.resources
    }

    /// The generation that replaces lost and failed replicas: the wanted one if one of it has been ready or there was
    /// none before it, else the one before.
    var replacementGeneration: Int {
        guard isRolling, provenGeneration < current.restartFrom else { return stored.generation }
        let proven = stored.observedGeneration
        return generations[proven] == nil ? stored.generation : proven
    }
}
