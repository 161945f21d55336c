import HashTreeCollections
import OrionCore

extension ClusterState {
    /// A service as the API shows it; nil for one of which only replicas on lost nodes are left to be stopped.
    func record(of service: ServiceState, _ reasons: inout WaitingReasons) -> ServiceRecord? {
        guard !service.isVanished else { return nil }
        let reason = reason(for: service, &reasons)
        let stored = service.stored
        return ServiceRecord(
            specification: service.current.specification,
            status: ServiceStatus(
                id: stored.id, status: summary(of: service), createdAt: stored.createdAt,
                updatedAt: stored.updatedAt, config: stored.config, generation: stored.generation,
                observedGeneration: stored.observedGeneration, observed: observed(of: service),
                rollout: rollout(of: service, reason), instances: instances(of: service, reason)))
    }

    /// What is missing waits for, or what is to replace old replicas.
    private func reason(for service: ServiceState, _ reasons: inout WaitingReasons) -> String? {
        if service.missing > 0 { return waitingReason(for: service, &reasons) }
        guard service.members.count(.outdated) > 0, waiting.contains(service.name) else { return nil }
        return reasons.text(for: service.current.demand, in: self)
    }

    private func summary(of service: ServiceState) -> ServiceStatus.Summary {
        let members = service.members
        if service.wanted == 0 { return .stopped }
        if members.usedUp > 0 || service.isHalted { return .failed }
        let isFirst = service.current.restartFrom <= service.stored.firstGeneration
        if service.current.restartFrom > service.stored.observedGeneration, !isFirst { return .updating }
        if members.ready >= service.wanted { return .running }
        if members.started == 0, service.stored.observedGeneration == 0 { return .pending }
        return .degraded
    }

    private func observed(of service: ServiceState) -> ServiceStatus.Observed {
        var observed = ServiceStatus.Observed()
        observed.desired = service.wanted
        observed.running = service.members.running
        observed.ready = service.members.ready
        observed.pending = service.missing + service.members.awaited
        observed.failed = service.members.failed
        return observed
    }

    private func rollout(of service: ServiceState, _ reason: String?) -> ServiceStatus.Rollout {
        var rollout = ServiceStatus.Rollout(
            generation: service.stored.generation, state: .progressing, updated: updated(of: service),
            available: service.members.available, reason: reason)
        if service.isHalted {
            rollout.state = .halted
            rollout.take(service.current.ending)
        } else if let undone = service.current.undoes, let ending = service.generations[undone]?.ending {
            (rollout.generation, rollout.state) = (undone, .rolledBack)
            rollout.take(ending)
        } else if service.stored.observedGeneration >= service.stored.generation
            || !service.hasStarted && service.wanted == 0
        {
            // One that never had replicas to start is as it should be, but has not started.
            (rollout.state, rollout.reason) = (.complete, nil)
        }
        return rollout
    }

    /// How many run, or have ended for good, as the wanted generation says.
    private func updated(of service: ServiceState) -> Int {
        let members = service.members
        guard service.isHalted else { return members.count(.current) + members.count(.failing) + members.count(.done) }
        return members.all.count { id in
            guard let replica = replicas[id] else { return false }
            return (replica.isLive || replica.standing == .done) && service.isCurrent(replica)
        }
    }

    private func instances(of service: ServiceState, _ reason: String?) -> [ReplicaRecord] {
        var records = service.members.all.compactMap { id in replicas[id].map(record(of:)) }
        guard service.missing > 0 else { return records }
        var pending = ReplicaRecord(state: .pending)
        pending.generation = service.stored.generation
        pending.message = reason
        // They differ in nothing, and there may be thousands of them: `observed` counts all.
        records += repeatElement(pending, count: min(service.missing, SchedulerLimits.pendingShown))
        return records
    }

    /// A replica as it is now, to be kept: without what is measured of it.
    func evidence(of replica: ReplicaState) -> ReplicaRecord {
        var record = record(of: replica)
        record.metrics = nil
        return record
    }

    private func record(of replica: ReplicaState) -> ReplicaRecord {
        let stored = replica.stored
        let node = nodes[stored.node]
        var record = ReplicaRecord(state: replica.shownState)
        record.replicaId = stored.id
        record.nodeId = stored.node
        record.node = node?.stored.name
        record.address = node?.stored.address
        record.generation = stored.generation
        record.restarts = stored.restarts
        record.startedAt = stored.startedAt
        record.ports = stored.ports
        record.exitCode = stored.exitCode
        record.signal = stored.signal
        record.message = stored.message
        record.replaces = stored.replaces
        record.metrics = heartbeats[stored.node]?.replicas[stored.id]
        return record
    }
}

extension ServiceStatus.Rollout {
    fileprivate mutating func take(_ ending: RolloutEnding?) {
        reason = ending?.reason
        evidence = ending.flatMap { $0.evidence.isEmpty ? nil : $0.evidence }
    }
}
