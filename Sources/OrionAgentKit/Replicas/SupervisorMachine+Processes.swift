package import OrionCore

/// What happened to processes. News of one that a replica does not have any more changes nothing.
extension SupervisorMachine {
    /// Ports were chosen: the replica's for life.
    package mutating func portsPicked(_ id: ReplicaID, _ picked: [String: Int]) -> [SupervisorAction] {
        guard !isDetached, var held = replicas[id], held.machine.stage == .spawning else { return [] }
        held.machine.record.ports = picked
        replicas[id] = held
        hold(picked)
        return [.spawn(held.record)]
    }

    /// The child waits at its gate.
    package mutating func spawned(_ id: ReplicaID, _ identity: ProcessIdentity) -> [SupervisorAction] {
        apply(id) { $0.spawned(identity) }
    }

    /// The program runs.
    package mutating func started(_ id: ReplicaID, _ identity: ProcessIdentity, _ now: Now) -> [SupervisorAction] {
        apply(id, of: identity) { $0.started(now) }
    }

    /// No ports, no child, or no program: nothing of it ran.
    ///
    /// - Parameter identity: the child's, where there was one.
    package mutating func couldNotStart(
        _ id: ReplicaID, _ identity: ProcessIdentity?, _ failure: StartFailure
    ) -> [SupervisorAction] {
        guard replicas[id]?.record.process == identity else { return [] }
        return [.log(.trouble(id, reason: failure.message))] + apply(id) { $0.couldNotStart(failure) }
    }

    /// The process has ended; others of its group may be left.
    package mutating func exited(
        _ id: ReplicaID, _ identity: ProcessIdentity, _ status: ExitStatus, _ now: Now
    ) -> [SupervisorAction] {
        apply(id, of: identity) { $0.exited(status, now) }
    }

    /// No member of the group is left.
    package mutating func groupEmptied(_ id: ReplicaID) -> [SupervisorAction] {
        apply(id) { $0.groupEmptied() }
    }

    /// A timer ran out.
    package mutating func timerFired(_ id: ReplicaID, number: Int) -> [SupervisorAction] {
        guard !isDetached, let held = replicas[id], held.timer == number else { return [] }
        if held.retirement != nil { return [.recordDurably(held.entry)] }
        return apply(id) { $0.timerFired() }
    }

    /// A replica's checks have changed their mind.
    package mutating func checked(
        _ id: ReplicaID, number: Int, _ event: HealthMachine.Event, _ now: Now
    ) -> [SupervisorAction] {
        guard replicas[id]?.checks == number else { return [] }
        return apply(id) { $0.checked(event, now) }
    }

    mutating func apply(
        _ id: ReplicaID, of identity: ProcessIdentity?, _ transition: (inout ReplicaMachine) -> [ReplicaAction]
    ) -> [SupervisorAction] {
        guard replicas[id]?.record.process == identity else { return [] }
        return apply(id, transition)
    }

    /// Runs one transition of a replica's machine, and says what it wants done.
    mutating func apply(
        _ id: ReplicaID, _ transition: (inout ReplicaMachine) -> [ReplicaAction]
    ) -> [SupervisorAction] {
        guard !isDetached, var held = replicas[id] else { return [] }
        count(held.machine, -1)
        let actions = transition(&held.machine)
        count(held.machine, 1)
        let wanted = actions.flatMap { translate($0, &held) }
        replicas[id] = held
        return wanted
    }

    private mutating func count(_ machine: ReplicaMachine, _ step: Int) {
        if machine.isLive { liveCount += step }
        if machine.isLive, machine.leaseSeconds != nil { leasedCount += step }
        if machine.isGated { gatedCount += step }
        if machine.stage == .closing { closingCount += step }
    }

    private mutating func translate(_ action: ReplicaAction, _ held: inout HeldReplica) -> [SupervisorAction] {
        let record = held.record
        switch action {
        case .spawn: return spawn(held)
        case .recordDurably: return [.recordDurably(held.entry)]
        case .record: return [.record(held.entry)]
        case .release: return [.release(record.id)]
        case .abandon: return [.abandon(record.id)]
        case .watch: return [.watch(record.id)]
        case .signal(let signal): return [.signal(record.id, signal)]
        case .clearGroup: return [.clearGroup(record.id, leader: record.process)]
        case .awaitEmptyGroup: return [.awaitEmptyGroup(record.id)]
        case .setTimer(let seconds):
            return [setTimer(&held, seconds: seconds)]
        case .cancelTimer:
            held.timer = nil
            return []
        case .beginChecks:
            guard let target = held.machine.healthTarget else { return [] }
            checks += 1
            held.checks = checks
            return [.beginChecks(target, number: checks)]
        case .endChecks:
            held.checks = nil
            return [.endChecks(record.id)]
        case .report: return report(&held)
        }
    }

    mutating func setTimer(_ held: inout HeldReplica, seconds: Double) -> SupervisorAction {
        timers += 1
        held.timer = timers
        return .setTimer(held.record.id, number: timers, seconds: seconds)
    }

    private func spawn(_ held: HeldReplica) -> [SupervisorAction] {
        // Only an agent that detaches has replicas that would start: the next agent starts them.
        if startsNothing { return [] }
        let service = held.machine.specification
        guard held.record.ports.count < service.ports.count else { return [.spawn(held.record)] }
        return [.pickPorts(held.record.id, service, held: Set(ports.keys))]
    }
}
