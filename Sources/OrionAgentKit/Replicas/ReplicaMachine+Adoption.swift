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
        guard record.phase != .ready else { return [.watch, .report] }
        record.phase = .ready
        return [.record, .watch, .report]
    }

    private mutating func adoptDead(_ now: Now) -> [ReplicaAction] {
        if record.phase == .stopping {
            stage = .ending(.stopped)
            return [.clearGroup]
        }
        guard record.phase != .backoff else { return afterExit(record.exit, message: record.message) }
        return afterExit(.unknown, message: "ended while no agent was watching")
    }
}
