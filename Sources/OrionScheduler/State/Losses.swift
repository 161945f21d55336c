import OrionCore

/// The nodes that were lost within the last timeout. Where many vanish at once it is more often a partition than a fire:
/// what they ran is replaced at a measured pace.
struct Losses: Sendable {
    private struct Loss: Sendable {
        let node: NodeID
        let instant: Instant
        let replicas: Int
    }

    private var recent: [Loss] = []
    /// When the next of those that are paced may be replaced.
    private var nextSlot = Instant.start

    /// Writes down that a node with so many replicas was lost; those lost longer than `window` ago no longer count.
    mutating func add(_ node: NodeID, replicas: Int, at now: Instant, window seconds: Double) {
        recent.removeAll { now.seconds(since: $0.instant) > seconds }
        recent.append(Loss(node: node, instant: now, replicas: replicas))
    }

    /// A node that is back is not lost.
    mutating func remove(_ node: NodeID) { recent.removeAll { $0.node == node } }

    /// Whether so many were lost that replacements are paced, where so many others are there.
    func arePaced(present: Int) -> Bool {
        let all = recent.count + present
        return all >= SchedulerLimits.pacedNodes && recent.count * 3 > all
    }

    /// When the next one may be replaced: each has its turn.
    mutating func takeSlot(at now: Instant) -> Instant {
        let lost = recent.reduce(0) { $0 + $1.replicas }
        let rate = max(SchedulerLimits.slowestReplacementsPerSecond, Double(lost) / 60)
        let slot = max(now, nextSlot)
        nextSlot = slot.advanced(bySeconds: 1 / rate)
        return slot
    }
}
