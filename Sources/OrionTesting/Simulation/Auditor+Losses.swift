import OrionCore
import OrionScheduler

/// What becomes of replicas that were lost (protocol.md §3, Loss).
extension Auditor {
    /// How fast what was lost with many nodes is replaced.
    struct Pace {
        /// Nodes from which on the loss of more than a third of them is paced; replacements a second. There are never so
        /// many replicas here that more would be allowed.
        static let (nodes, perSecond) = (4, 10.0)

        /// The control plane's time at the step that is under way.
        var now = Instant.start
        /// Nodes that have come since the control plane started, and have not said goodbye.
        var come: Set<NodeID> = []
        /// Since when those are silent whose connection has ended.
        var silentSince: [NodeID: Instant] = [:]
        /// When nodes were lost that have not been heard of since.
        var lostNodes: [NodeID: Instant] = [:]
        /// Replicas that were lost with many others, and when.
        var lost: [ReplicaID: Instant] = [:]
        /// When those were lost that have been replaced.
        var turns: [Instant] = []
    }

    /// Takes in what a commit that came after `before` makes of what is lost.
    mutating func replaced(_ before: [ReplicaID: StoredReplica]) -> Finding? {
        noteLosses(before)
        for (id, replica) in replicas where before[id] == nil {
            guard let old = replica.replaces, let original = replicas[old] ?? before[old] else { continue }
            // One that is told to run goes once its successor has proved itself.
            if let still = replicas[old], Self.isTold(still) || still.intent == .stop { continue }
            if specification(of: original.service, original.generation)?.disconnect.overlap == false {
                originals[id, default: []].insert(old)
                successors[old, default: []].insert(id)
            }
            if replicas[old]?.state == .lost, let lostAt = pace.lost.removeValue(forKey: old) {
                pace.turns.append(lostAt)
            }
        }
        return tooFast()
    }

    private mutating func noteLosses(_ before: [ReplicaID: StoredReplica]) {
        let replaced = Set(before.values.compactMap(\.replaces))
        var lost: [ReplicaID] = []
        for (id, replica) in replicas {
            if replica.state != .lost {
                pace.lost[id] = nil
            } else if before[id].map({ $0.state != .lost }) ?? false, !replaced.contains(id),
                !isGreeted(replica.node)
            {
                pace.lostNodes[replica.node] = pace.now
                lost.append(id)
            }
        }
        let gone = pace.lostNodes.values.count { pace.now.seconds(since: $0) < timeoutSeconds }
        let there = pace.come.count { node in
            let silence = pace.silentSince[node].map { pace.now.seconds(since: $0) } ?? 0
            return pace.lostNodes[node] == nil && silence < timeoutSeconds
        }
        let all = gone + there
        guard all >= Pace.nodes, gone * 3 > all else { return }
        for id in lost { pace.lost[id] = pace.now }
    }

    /// Since each of those losses no more have been replaced than had their turn.
    private func tooFast() -> Finding? {
        for instant in Set(pace.turns).sorted() {
            let count = pace.turns.count { $0 >= instant }
            let seconds = pace.now.seconds(since: instant)
            if Double(count) > 1.001 + seconds * Pace.perSecond {
                return (.pace, "\(count) replicas are replaced \(seconds) s after many nodes were lost")
            }
        }
        return nil
    }

    /// What runs that must not run beside `id`, which is about to.
    func rival(of id: ReplicaID) -> ReplicaID? {
        let originals = (originals[id] ?? []).filter { lives[$0].map { $0.isRunning && $0.isBound } ?? false }
        guard originals.isEmpty, lives[id]?.isBound == true else { return originals.min() }
        return (successors[id] ?? []).filter { lives[$0]?.isRunning == true }.min()
    }

    /// What runs of the service of `id` and must not run twice, that itself among it, in the order of placement.
    func boundBeside(_ id: ReplicaID) -> [ReplicaID] {
        guard mustNotRunTwice(id), let service = placed[id]?.service else { return [] }
        return lives.keys.filter { placed[$0]?.service == service && mustNotRunTwice($0) }
            .sorted { fence(of: $0) < fence(of: $1) }
    }

    private func mustNotRunTwice(_ id: ReplicaID) -> Bool {
        lives[id].map { $0.isRunning && $0.isBound && !unbound.contains(id) } ?? false
    }

    /// How many could run when the last of these was placed, which are sorted by their fences.
    func room(of running: [ReplicaID]) -> Int? { running.last.flatMap { placed[$0]?.room } }

    private func fence(of id: ReplicaID) -> UInt64 { placed[id]?.fence.rawValue ?? 0 }
}
