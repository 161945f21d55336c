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
    /// Whether their replicas are paced, and someone was told so.
    private var isPaced = false
    /// How many replicas they ran.
    private var replicas = 0
    /// When the next of those that are paced may be replaced.
    private var nextSlot = Instant.start

    /// Writes down that a node with so many replicas was lost; those lost longer than `window` ago no longer count.
    mutating func add(_ node: NodeID, replicas: Int, at now: Instant, window seconds: Double) {
        drop { now.seconds(since: $0.instant) > seconds }
        recent.append(Loss(node: node, instant: now, replicas: replicas))
        self.replicas += replicas
    }

    /// A node that is back is not lost. With the last of them the turns are over that nobody needs any more.
    mutating func remove(_ node: NodeID) {
        drop { $0.node == node }
        if recent.isEmpty { nextSlot = .start }
    }

    /// Notes that there is a pace; whether it begins.
    mutating func beginPace() -> Bool {
        defer { isPaced = true }
        return !isPaced
    }

    private mutating func drop(_ isOver: (Loss) -> Bool) {
        for loss in recent where isOver(loss) { replicas -= loss.replicas }
        recent.removeAll(where: isOver)
        if recent.isEmpty { isPaced = false }
    }

    /// Whether so many were lost that replacements are paced, where so many others are there.
    func arePaced(present: Int) -> Bool {
        let all = recent.count + present
        return all >= SchedulerLimits.pacedNodes && recent.count * 3 > all
    }

    /// When the next one may be replaced: each has its turn.
    mutating func takeSlot(at now: Instant) -> Instant {
        let rate = max(SchedulerLimits.slowestReplacementsPerSecond, Double(replicas) / 60)
        let slot = max(now, nextSlot)
        nextSlot = slot.advanced(bySeconds: 1 / rate)
        return slot
    }
}
