import OrionCore

/// A service's record for tests: one generation, complete and running unless changed.
func record(
    _ name: ServiceName = "web", status: ServiceStatus.Summary = .running, generation: Int = 1, observed: Int = 1,
    rollout: ServiceStatus.Rollout.State = .complete, reason: String? = nil, ready: Int = 1, desired: Int = 1,
    instances: [ReplicaRecord] = []
) -> ServiceRecord {
    var count = ServiceStatus.Observed()
    count.ready = ready
    count.desired = desired
    let start = Timestamp(milliseconds: 0)
    return ServiceRecord(
        specification: SharedSpecification(ServiceSpecification(name: name)),
        status: ServiceStatus(
            id: "s1", status: status, createdAt: start, updatedAt: start, config: "default", generation: generation,
            observedGeneration: observed, observed: count,
            rollout: ServiceStatus.Rollout(
                generation: generation, state: rollout, updated: ready, available: ready, reason: reason),
            instances: instances))
}

/// A replica that waits for something.
func pendingReplica(_ message: String) -> ReplicaRecord {
    var replica = ReplicaRecord(state: .pending)
    replica.message = message
    return replica
}
