import OrionCore

/// What health checks say of it, and what follows.
extension ReplicaMachine {
    /// What its checks are to know of it; nil where it is not checked, or not now.
    var healthTarget: HealthTarget? {
        guard case .running(let since) = stage, let check = specification.health else { return nil }
        return HealthTarget(record: record, check: check, start: since, hasPassed: record.phase == .ready)
    }

    /// Its checks have changed their mind. Replicas that are stopping are not asked any more.
    mutating func checked(_ event: HealthMachine.Event, _ now: Now) -> [ReplicaAction] {
        guard case .running(let since) = stage else { return [] }
        switch event {
        case .passed:
            guard record.phase != .ready else { return [] }
            return becomeReady()
        case .waiting(let reason):
            guard record.phase == .running else { return [] }
            record.message = reason
            return [.report]
        case .failed(let reason):
            record.phase = .unhealthy
            record.message = reason
            return afterFailure(since: since, now)
        }
    }

    /// An unhealthy one is ended as by an order to stop, and then goes the way of those that exit. Where nothing is
    /// restarted (`restart.policy: never`) it runs on, and is ready again once a check passes.
    mutating func afterFailure(since: ContinuousClock.Instant, _ now: Now) -> [ReplicaAction] {
        guard specification.restart.policy != .never else { return [.record, .report] }
        let grace = max(0, specification.stop.gracePeriodSeconds)
        stage = .replacing(since: since, deadline: now.instant + .seconds(clamped: grace))
        return [
            .endChecks, .record, .report, .signal(endingSignal(graceSeconds: grace)), .setTimer(seconds: grace),
        ]
    }

    /// A changed specification that needs no new process.
    mutating func update(_ specification: SharedSpecification, generation: Int?, _ now: Now) -> [ReplicaAction] {
        let before = self.specification.health
        record.specification = specification
        record.generation = generation ?? record.generation
        guard case .running(let since) = stage, before != nil || specification.value.health != nil else {
            return [.record, .report]
        }
        // It may have been unhealthy where nothing was restarted.
        if record.phase == .unhealthy, specification.value.restart.policy != .never {
            return afterFailure(since: since, now)
        }
        if specification.value.health == nil {
            return [.endChecks] + becomeReady()
        }
        return specification.value.health == before ? [.record, .report] : [.record, .report, .beginChecks]
    }

    /// What is to be done about checks; nothing where there are none.
    func checks(_ action: ReplicaAction) -> [ReplicaAction] {
        specification.health == nil ? [] : [action]
    }

    private mutating func becomeReady() -> [ReplicaAction] {
        record.phase = .ready
        record.message = nil
        return [.record, .report]
    }
}
