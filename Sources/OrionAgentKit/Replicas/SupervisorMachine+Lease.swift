package import OrionCore

/// `disconnect.stopAfterSeconds`: replicas are let run for so long after the control plane was last heard.
extension SupervisorMachine {
    /// Seconds between two looks at it: well within the second that the control plane adds.
    package static let leaseTickSeconds = 0.25

    /// How long an agent may stand still once a lease is over, or the grace period after it: two looks, and what a busy
    /// machine makes of that. With the look that found the lease over, it is within the same second.
    private static let patience = Duration.milliseconds(600)

    /// A ping that was sent at that time has been answered. Launches that waited for that go on.
    package mutating func leaseRenewed(since instant: ContinuousClock.Instant, _ now: Now) -> [SupervisorAction] {
        leasedSince = max(leasedSince ?? instant, instant)
        let orders = unproven.values.sorted { $0.replicaId < $1.replicaId }
        unproven = [:]
        return orders.flatMap { launch($0, now) }
    }

    /// Whether a launch may be as old as the lease of what it starts, since no ping was answered for that long. The control
    /// plane may have placed another instead by now, so it waits for the next answer.
    func isUnproven(_ order: Launch, _ now: Now) -> Bool {
        guard let seconds = order.service.value.disconnect.stopAfterSeconds else { return false }
        return leasedSince.map { now.instant - $0 >= .seconds(clamped: seconds) } ?? true
    }

    /// Launches that still wait will be ordered anew, if they are still wanted.
    package mutating func sessionEnded() { unproven = [:] }

    /// Stops what has run for too long without a control plane.
    package mutating func endLeases(_ now: Now) -> [SupervisorAction] {
        guard leasedCount > 0 else { return [] }
        return replicas.keys.filter { isOverdue($0, now) }.sorted().flatMap { endLease(of: $0, now) }
    }

    /// Stops one if it has run, or waited for its start, for too long without a control plane.
    mutating func endLease(of id: ReplicaID, _ now: Now) -> [SupervisorAction] {
        guard isOverdue(id, now) else { return [] }
        return apply(id) { machine in
            machine.record.message =
                "stopped: no control plane for \(machine.leaseSeconds ?? 0) s (disconnect.stopAfterSeconds)"
            return machine.stop(graceSeconds: nil, now)
        }
    }

    private func isOverdue(_ id: ReplicaID, _ now: Now) -> Bool {
        guard let leasedSince, let machine = replicas[id]?.machine, machine.isToldToRun else { return false }
        return machine.leaseEnd(since: leasedSince).map { $0 <= now.instant } ?? false
    }

    /// When the kernel is to end this agent, unless that is put off: what must not outlive its lease then ends with it. nil
    /// where nothing here is bound to the agent.
    package func watchdogDeadline(_ now: Now) -> ContinuousClock.Instant? {
        guard leasedCount > 0, !isDetached else { return nil }
        return replicas.keys.compactMap { watchdogDeadline(for: $0, now) }.min()
    }

    /// The same, for one replica.
    package func watchdogDeadline(for id: ReplicaID, _ now: Now) -> ContinuousClock.Instant? {
        guard let leasedSince, let machine = replicas[id]?.machine, machine.isLive, machine.endsWithAgent,
            let end = machine.leaseEnd(since: leasedSince)
        else { return nil }
        return max(end, machine.stopDeadline ?? end, now.instant) + Self.patience
    }

    /// Whether it is time for another ping: four of them fit into the shortest lease.
    package func needsPing(_ now: Now) -> Bool {
        if !unproven.isEmpty { return true }
        guard leasedCount > 0, let leasedSince else { return leasedCount > 0 }
        let age = now.instant - leasedSince
        return replicas.values.contains { held in
            held.machine.leaseSeconds.map { age * 4 >= .seconds(clamped: $0) } ?? false
        }
    }
}

extension ReplicaMachine {
    /// Seconds without a control plane after which it is stopped.
    var leaseSeconds: Double? { record.specification.value.disconnect.stopAfterSeconds }

    /// When it is stopped, if the last ping that was answered was sent at that time.
    func leaseEnd(since leasedSince: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        guard let leaseSeconds else { return nil }
        let end = leasedSince + .seconds(clamped: leaseSeconds)
        return max(end, leaseFloor ?? end)
    }

    /// A lease that an update brings, or makes shorter, has not run before its order came: pings were not that frequent. It
    /// ends no later than the one before, by which the control plane goes until it hears of the new one.
    mutating func changeLease(to seconds: Double?, since leasedSince: ContinuousClock.Instant?, _ now: Now) {
        guard let seconds, seconds < leaseSeconds ?? .infinity else { return }
        let end = now.instant + .seconds(clamped: seconds)
        leaseFloor = min(end, leasedSince.flatMap { leaseEnd(since: $0) } ?? end)
    }

    /// When it is killed, where it was told to stop.
    var stopDeadline: ContinuousClock.Instant? {
        switch stage {
        case .releasing(let deadline): deadline
        case .stopping(_, let deadline): deadline
        default: nil
        }
    }

    /// Whether it is to go on.
    var isToldToRun: Bool {
        switch stage {
        case .spawning, .recording, .releasing(stopBy: nil), .running, .replacing, .backoff: true
        case .releasing, .ending, .stopping, .closing, .ended: false
        }
    }
}
