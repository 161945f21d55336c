import OrionCore

/// What is here of one service, so that an order about it costs no look at the others.
struct HeldService: Sendable {
    /// The last specification, to share it among replicas whose launches bring the same; while there are any.
    var specification: SharedSpecification?
    var replicas: Set<ReplicaID> = []
    /// Its forgotten replicas whose folders are kept.
    var retired: Set<ReplicaID> = []

    var isEmpty: Bool { replicas.isEmpty && retired.isEmpty }
}
