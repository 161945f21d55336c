import OrionCore

/// A service's replicas by how they count, kept as they change, so that nobody counts or searches them.
struct Members: Sendable {
    /// When a replica's level changes by itself.
    struct Due: Comparable, Sendable {
        let instant: Instant
        let replica: ReplicaID
        static func < (left: Due, right: Due) -> Bool {
            (left.instant, left.replica) < (right.instant, right.replica)
        }
    }

    /// All of them.
    private(set) var all = SortedTree<ReplicaID>()
    /// Those whose level changes by itself, the next one first.
    private(set) var due = SortedTree<Due>()
    /// How many there are of each generation: the ones whose specification must be kept.
    private(set) var generations: [Int: Int] = [:]
    /// In `running`, `ready` or `unhealthy`.
    private(set) var running = 0
    /// In `ready`.
    private(set) var ready = 0
    /// Told to run, but without a process that runs: in `starting` or `backoff`.
    private(set) var awaited = 0
    /// In `failed`.
    private(set) var failed = 0
    /// Whose process was started at some time.
    private(set) var started = 0
    /// Which failed for good because their restarts are used up.
    private(set) var usedUp = 0
    /// Gone or told to stop, where it must not run beside another and may still run.
    private(set) var bound = 0
    /// Those of them that were told to stop.
    private(set) var boundToStop = 0
    /// The generations that agents may still hold: how many of the replicas that count last reported each.
    private(set) var confirmed: [Int: Int] = [:]
    private var byStanding = [SortedTree<ReplicaID>](
        repeating: SortedTree(), count: ReplicaState.Standing.allCases.count * ReplicaState.Level.count)

    /// None.
    init() {}

    /// These, which are sorted by their ids: O(n), but for those whose level changes by itself.
    init(sorted replicas: [ReplicaState]) {
        var ids = [[ReplicaID]](repeating: [], count: byStanding.count)
        var due: [Due] = []
        for replica in replicas {
            count(replica, 1)
            countGenerations(nil, replica)
            ids[index(replica)].append(replica.id)
            if let dueAt = replica.dueAt { due.append(Due(instant: dueAt, replica: replica.id)) }
        }
        all = SortedTree(sorted: replicas.map(\.id))
        self.due = SortedTree(sorted: due.sorted())
        byStanding = ids.map(SortedTree.init(sorted:))
    }

    /// Those of a standing and a level.
    subscript(standing: ReplicaState.Standing, level: Int) -> SortedTree<ReplicaID> {
        byStanding[standing.rawValue * ReplicaState.Level.count + level]
    }

    /// How many are of a standing.
    func count(_ standing: ReplicaState.Standing) -> Int {
        (0..<ReplicaState.Level.count).reduce(0) { $0 + self[standing, $1].count }
    }

    /// Every one that was not told to stop, whatever became of it.
    var toldToRun: [ReplicaID] {
        ReplicaState.Standing.allCases.filter { $0 != .stopping }.flatMap { standing in
            (0..<ReplicaState.Level.count).flatMap { Array(self[standing, $0]) }
        }
    }

    /// Ended, gone or told to stop, and not replaced before their time.
    var awaitingTurn: Int { self[.vacant, ReplicaState.Level.held].count + waitedFor }

    /// Gone or told to stop, and not replaced before their time.
    var waitedFor: Int { self[.gone, ReplicaState.Level.awaited].count + boundToStop }

    /// Told to run and not lost.
    var live: Int { count(.current) + count(.outdated) + count(.failing) }

    /// Told to run and to be replaced.
    var toReplace: Int { count(.outdated) + count(.failing) }

    /// Of the wanted generation and not to be relied on yet.
    var unavailable: Int {
        count(.current) - self[.current, ReplicaState.Level.available].count
    }

    /// Ready for long enough, on connected nodes.
    var available: Int {
        self[.current, ReplicaState.Level.available].count + self[.outdated, ReplicaState.Level.available].count
            + self[.failing, ReplicaState.Level.available].count
    }

    mutating func replace(_ old: ReplicaState?, with new: ReplicaState?) {
        if let old { count(old, -1) }
        if let new { count(new, 1) }
        countGenerations(old, new)
        if let old, new == nil { all.remove(old.id) }
        if let new, old == nil { all.insert(new.id) }
        if old.map(index) != new.map(index) {
            if let old { byStanding[index(old)].remove(old.id) }
            if let new { byStanding[index(new)].insert(new.id) }
        }
        if old?.dueAt != new?.dueAt {
            if let old, let dueAt = old.dueAt { due.remove(Due(instant: dueAt, replica: old.id)) }
            if let new, let dueAt = new.dueAt { due.insert(Due(instant: dueAt, replica: new.id)) }
        }
    }

    private mutating func countGenerations(_ old: ReplicaState?, _ new: ReplicaState?) {
        if old?.stored.generation != new?.stored.generation {
            if let old { Self.count(old.stored.generation, -1, in: &generations) }
            if let new { Self.count(new.stored.generation, 1, in: &generations) }
        }
        if old?.heldGeneration != new?.heldGeneration {
            if let held = old?.heldGeneration { Self.count(held, -1, in: &confirmed) }
            if let held = new?.heldGeneration { Self.count(held, 1, in: &confirmed) }
        }
    }

    private func index(_ replica: ReplicaState) -> Int {
        replica.standing.rawValue * ReplicaState.Level.count + replica.level
    }

    private mutating func count(_ replica: ReplicaState, _ one: Int) {
        let state = replica.shownState
        if state.isRunning { running += one }
        if state == .ready { ready += one }
        if state == .starting || state == .backoff { awaited += one }
        if state == .failed { failed += one }
        if replica.stored.startedAt != nil || state.isRunning { started += one }
        if replica.standing == .done, replica.hasUsedUpRestarts { usedUp += one }
        if replica.isBound { bound += one }
        if replica.isBound, replica.standing == .stopping { boundToStop += one }
    }

    private static func count(_ generation: Int, _ one: Int, in counts: inout [Int: Int]) {
        let holders = counts[generation, default: 0] + one
        counts[generation] = holders == 0 ? nil : holders
    }
}
