import HashTreeCollections
import OrionCore

/// `disconnect`: when a replica whose node is gone may be replaced.
extension Step {
    /// When a replica may be replaced whose node has been silent since then, and to which nothing was said after
    /// `heardUntil`.
    func replacementTime(of id: ReplicaID, silentSince: Instant, heardUntil: Instant) -> Instant {
        guard let replica = state.replicas[id] else { return now }
        let timeout = state.options.heartbeatTimeoutSeconds
        let patience = max(timeout, replica.specification.value.disconnect.replaceAfterSeconds ?? timeout)
        return max(silentSince.advanced(bySeconds: patience), leaseEnd(of: replica, from: heardUntil) ?? .start)
    }

    /// Where it must never run twice: when its agent, to which nothing was said after `heardUntil`, has stopped it for
    /// certain; `never` where nobody can say so. Nil where both may run.
    ///
    /// The agent counts from when it sent its last ping that was answered, which was before the answer; and our clock stands
    /// still while we do, so that it is never ahead of the agent's but for drift.
    func leaseEnd(of replica: ReplicaState, from heardUntil: Instant) -> Instant? {
        guard !replica.specification.value.disconnect.overlap else { return nil }
        var longest = 0.0
        for specification in specificationsHeld(by: replica) {
            guard let stop = specification.disconnect.stopAfterSeconds else { return .never }
            longest = max(longest, stop + specification.stop.gracePeriodSeconds)
        }
        let wait = longest * (1 + SchedulerLimits.leaseDrift) + SchedulerLimits.leaseMarginSeconds
        return heardUntil.advanced(bySeconds: wait)
    }

    /// The specifications that its agent may go by: an update is known to have arrived once its generation was reported.
    private func specificationsHeld(by replica: ReplicaState) -> [ServiceSpecification] {
        let wanted = replica.stored.generation
        guard replica.confirmedGeneration.map({ $0 < wanted }) ?? true, let service = state.services[replica.service]
        else { return [replica.specification.value] }
        let earliest = replica.confirmedGeneration ?? service.generations[wanted]?.restartFrom ?? wanted
        let older = service.generations.filter { $0.key >= earliest && $0.key < wanted }
        return older.map(\.value.specification.value) + [replica.specification.value]
    }
}
