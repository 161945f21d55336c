import OrionCore

extension ReplicaMachine {
    /// Goes on with a replica that an earlier agent has written down.
    ///
    /// - Parameter aliveSince: when its process was started, where it was found alive.
    mutating func adopt(aliveSince: ContinuousClock.Instant?, _ now: Now) -> [ReplicaAction] {
        if record.phase.isFinal {
            stage = .ended
            return []
        }
        guard let aliveSince else { return adoptDead(now) }
        let wasStopping = record.phase == .stopping
        stage = .running(since: aliveSince)
        record.startedAt = record.startedAt ?? now.timestamp
        if wasStopping { return [.watch] + stop(graceSeconds: nil, now) }
        let before = record.phase
        switch before {
        // What has been ready stays that, and what was unhealthy is judged by its policy.
        case .ready: break
        case .unhealthy where specification.health != nil:
            let actions = [.watch] + afterFailure(since: aliveSince, now)
            return stage == .running(since: aliveSince) ? actions + [.beginChecks] : actions
        default: record.phase = specification.health == nil ? .ready : .running
        }
        return (record.phase == before ? [.watch, .report] : [.record, .watch, .report]) + checks(.beginChecks)
    }

    private mutating func adoptDead(_ now: Now) -> [ReplicaAction] {
        if record.phase == .stopping {
            stage = .ending(.stopped)
            return [.clearGroup]
        }
        // When it ended nobody saw: it has the benefit of the doubt.
        if let startedAt = record.startedAt, record.phase != .backoff {
            let seconds = (Double(now.timestamp.milliseconds) - Double(startedAt.milliseconds)) / 1000
            if seconds >= specification.restart.resetAfterSeconds { record.attempts = 0 }
        }
        // It was being ended for that.
        if record.phase == .unhealthy { return afterExit(.unknown, message: record.message, isUnhealthy: true) }
        guard record.phase != .backoff else { return afterExit(record.exit, message: record.message) }
        return afterExit(.unknown, message: "ended while no agent was watching")
    }
}
