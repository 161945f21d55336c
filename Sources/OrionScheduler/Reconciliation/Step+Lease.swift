import HashTreeCollections
import OrionCore

/// `disconnect`: when a replica whose node is gone may be replaced.
extension Step {
    /// When a replica of a node that is lost may be replaced, or counts as ended where it was told to stop; nil for at once.
    func replacementTime(of id: ReplicaID) -> Instant? {
        guard let replica = state.replicas[id], let node = state.nodes[replica.node] else { return nil }
        if replica.isElsewhere { return replica.replaceAt }
        if replica.stored.intent == .stop { return endOfStopped(replica) }
        let timeout = state.options.heartbeatTimeoutSeconds
        let patience = max(timeout, replica.specification.value.disconnect.replaceAfterSeconds ?? timeout)
        let leaseEnd = leaseEnd(of: replica, from: node.heardUntil ?? state.loadedAt)
        return max((node.silentSince ?? state.loadedAt).advanced(bySeconds: patience), leaseEnd ?? .start)
    }

    /// Where it must never run twice: when its agent, to which nothing was said after `heardUntil`, has stopped it for
    /// certain. Nil where both may run.
    ///
    /// The agent counts from when it sent its last ping that was answered, which was before the answer; and our clock stands
    /// still while we do, so that it is never ahead of the agent's but for drift.
    func leaseEnd(of replica: ReplicaState, from heardUntil: Instant) -> Instant? {
        guard !replica.specification.value.disconnect.overlap else { return nil }
        let wait = longestLease(of: replica) * (1 + SchedulerLimits.leaseDrift) + SchedulerLimits.leaseMarginSeconds
        return heardUntil.advanced(bySeconds: wait)
    }

    /// The longest lease that its agent may go by: an update is known to have arrived once its generation was reported.
    private func longestLease(of replica: ReplicaState) -> Double {
        let specification = replica.specification.value
        let generations = state.services[replica.service]?.generations ?? [:]
        return generations.reduce(specification.leaseSeconds) { longest, kept in
            let isHeld =
                kept.key >= replica.confirmedGeneration
                && !kept.value.specification.value.needsNewProcesses(comparedWith: specification)
            return isHeld ? max(longest, kept.value.leaseSeconds) : longest
        }
    }

    /// Until when one that was told to stop keeps its place, where it must not run beside another: until its agent has said
    /// that it has ended, or for as long as the lease lasts.
    func endOfStopped(_ replica: ReplicaState) -> Instant? {
        // That was settled when it was found there, whatever may run beside it by now.
        if replica.isElsewhere { return replica.replaceAt }
        guard !replica.specification.value.disconnect.overlap, let node = state.nodes[replica.node] else { return nil }
        return node.session == nil ? leaseEnd(of: replica, from: node.heardUntil ?? state.loadedAt) : .never
    }

    /// One that must not run twice is not named by another agent of its node than the one before, which may still run it.
    mutating func waitElsewhere(for replica: ReplicaState) {
        let leaseEnd = leaseEnd(of: replica, from: now) ?? now
        let replaceAt = replica.stored.state == .lost ? min(replica.replaceAt ?? leaseEnd, leaseEnd) : leaseEnd
        forgetProgress(of: replica.id)
        updateReplica(replica.id) { replica in
            replica.becomeLost(replaceAt: replaceAt)
            replica.isElsewhere = true
        }
    }

    /// The time has come to replace a replica, or another one at which it counts in another way.
    mutating func turnComes(for id: ReplicaID) {
        guard let replica = state.replicas[id], let replaceAt = replica.replaceAt, replaceAt <= now else {
            return updateReplica(id) { _ in }
        }
        // Its lease is over, and no agent of its node has named it.
        if replica.isElsewhere { return endUnnamed(replica) }
        guard replica.isPaced, replica.standing == .gone else { return updateReplica(id) { _ in } }
        takeSlot(id)
    }
}

extension ServiceSpecification {
    /// How long an agent lets a replica run without a control plane where it must not run twice, until its process has
    /// ended; 0 where it may.
    var leaseSeconds: Double {
        disconnect.overlap ? 0 : (disconnect.stopAfterSeconds ?? 0) + stop.gracePeriodSeconds
    }
}
