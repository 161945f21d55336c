import OrionCore

/// A service: its record, its generations, its replicas, and what only memory knows of it.
struct ServiceState: Sendable {
    /// One generation's specification.
    struct Generation: Sendable {
        var specification: SharedSpecification
        var restartFrom: Int
        var createdAt: Timestamp
        var demand: Demand
        /// How long its agent lets a replica run that must not run twice, its grace period included; 0 where it may.
        var leaseSeconds: Double
        /// The fields that differ from the generation before it.
        var fields: [String] = []
        /// The generation whose rollout it undid, or one before it with the same processes.
        var undoes: Int?
        /// How its rollout ended; nil while it goes on.
        var ending: RolloutEnding?

        init(specification: SharedSpecification, restartFrom: Int, createdAt: Timestamp) {
            self.specification = specification
            self.restartFrom = restartFrom
            self.createdAt = createdAt
            demand = Demand(specification.value)
            leaseSeconds = specification.value.leaseSeconds
        }
    }

    /// The back-off between replacements of replicas that failed.
    struct Hold: Sendable {
        var delaySeconds: Double
        var until: Instant
    }

    /// How far the rollout under way has come, for its deadline.
    struct Progress: Sendable {
        /// The most that were ready at a time.
        var ready: Int
        /// The most that were available at a time.
        var available: Int
        /// When one of these last grew, or the rollout began, or the control plane started; later by as long as its time
        /// stood still.
        var since: Instant
        /// Since when its time stands still.
        var heldSince: Instant?
    }

    var stored: StoredService
    /// The generations kept, the wanted one among them.
    var generations: [Int: Generation]
    /// The wanted generation.
    var current: Generation
    var members = Members()
    /// While replacements wait, and after how long a wait the last ones came.
    var hold: Hold?
    /// The rollout's progress; nil where none is under way.
    var progress: Progress?
    /// The replicas of the rollout under way that something was wrong with, each as it was then, the latest first. As many
    /// as are kept as evidence.
    private(set) var failures: [ReplicaRecord] = []
    /// Whether an old replica was stopped first, to make room for one of the wanted generation.
    var hasStoppedFirst = false
    /// Whether replicas were placed before: its dependencies no longer hold it back.
    var hasStarted = false

    var name: ServiceName { stored.name }
    var specification: ServiceSpecification { current.specification.value }
    /// How many are to run.
    var wanted: Int { stored.isRemoving ? 0 : specification.replicas }
    /// Whether one is to be placed before anything is rolled; not one whose place waits for what may still run there.
    var lacks: Bool { missing > keptPlaces }
    /// How many are neither told to run nor done: what is to be placed.
    var missing: Int { max(0, wanted - members.live - members.count(.done)) }
    /// How many of the wanted places are kept until the turn of what stood there and may still run. What came to be too
    /// much keeps none, unless it must not run beside another; but a replica that is only there while others are replaced
    /// makes nothing too much.
    private var keptPlaces: Int {
        let members = members
        let all = members.live + members.count(.done) + members.count(.vacant) + members.waitedFor
        let beside = members.toReplace > 0 || isUnderWay ? maxSurge : 0
        let surge = min(beside, members.count(.current))
        let tooMany = max(0, all - wanted - surge)
        let unreplaced = members[.gone, ReplicaState.Level.unreplaced].count
        // One whose time has come takes the place of one that may run beside it, not of one that must not.
        let bound = max(min(members.bound, members.waitedFor - tooMany), members.bound - beside)
        return max(0, bound, members.waitedFor - max(0, all + unreplaced - wanted - surge))
    }
    /// How many of the wanted places are not to be filled yet.
    var heldPlaces: Int { members[.vacant, ReplicaState.Level.held].count + keptPlaces }
    /// Whether replacements wait for the back-off no longer.
    func isFree(at now: Instant) -> Bool { hold.map { $0.until <= now } ?? true }
    /// Whether one more may be told to run, surge or not, beside what must not run beside too many and may still run.
    var hasRoomForOne: Bool { members.live + members.bound < wanted + maxSurge }
    /// Whether one more of the wanted generation is needed, and may be told to run beside the old ones.
    var hasRoomForNew: Bool {
        let others = members.count(.done) + members[.vacant, ReplicaState.Level.held].count
        // A rollout goes on beside what is waited for, where both may run.
        let kept = min(keptPlaces, members.bound)
        return members.count(.current) + others + kept < wanted
            && members.live + others + members.bound < wanted + maxSurge
    }
    /// Whether it is as its wanted generation says, which has been complete: nothing is to be decided before something else
    /// changes. What has just become ready still has to become available, which decides nothing here.
    var isAsWanted: Bool {
        !stored.isRemoving && stored.observedGeneration == stored.generation && !isUnderWay && hold == nil
            && progress == nil && members.live == wanted && members.all.count == wanted && members.toReplace == 0
    }
    /// Whether a rollout can do nothing but wait for the turn of what is gone.
    var isHeldUp: Bool {
        guard members.waitedFor > 0, members.unavailable == 0, !lacks else { return false }
        return members.live == 0 || members.toReplace > 0 && !hasRoomForNew
    }
    /// How many may be told to run beyond those wanted while some are to be replaced. One where nothing else is allowed:
    /// a share of few replicas can come to none.
    var maxSurge: Int {
        let surge = specification.update.maxSurge.roundedUp(of: wanted)
        return surge == 0 && maxUnavailable == 0 ? 1 : surge
    }
    /// How many of those wanted may be missing meanwhile.
    var maxUnavailable: Int { min(wanted, specification.update.maxUnavailable.roundedDown(of: wanted)) }
    /// Whether as many are ready as wanted, and some are. What has done its work is as good.
    var isReady: Bool {
        wanted > 0 && members.ready + members[.done, ReplicaState.Level.succeeded].count >= wanted
    }
    /// How many have ended and are as good as those that run: nothing is to take their place. What has failed for good too,
    /// but for that of a rollout, which fails with it.
    var finished: Int {
        isUnderWay || isHalted ? members[.done, ReplicaState.Level.succeeded].count : members.count(.done)
    }
    /// Those of the wanted generation that may not be relied on: not available yet, or failed for good in a rollout.
    var unproven: Int { members.unavailable + members.count(.done) - finished }
    /// Whether new replicas still have to prove themselves beside old ones: they replace none that is lost or failed.
    var isProving: Bool { members.toReplace > 0 && unproven > 0 }
    /// How many have failed for good and are missed whatever is done; none in a rollout, which is to bring them back.
    var missed: Int { isUnderWay ? 0 : members[.done, ReplicaState.Level.failed].count }
    /// As many as have to remain ready when something is replaced.
    var required: Int { wanted - max(maxUnavailable, missed) }
    /// Whether it is removed but for replicas on lost nodes, which are stopped when those are heard from.
    var isVanished: Bool {
        stored.isRemoving && members.all.count == members[.stopping, ReplicaState.Level.lost].count
    }

    init(stored: StoredService, generations: [Int: Generation], current: Generation) {
        self.stored = stored
        self.generations = generations
        self.current = current
    }

    /// Remembers how a replica of the rollout under way went wrong.
    mutating func noteFailure(_ record: ReplicaRecord) {
        var record = record
        if let earlier = failures.firstIndex(where: { $0.replicaId == record.replicaId }) {
            // That its checks have not passed yet says less than why it ended before.
            if record.state == .running, failures[earlier].state != .running { return }
            // A hello says again what a status said with the lines.
            record.lastLines = record.lastLines ?? failures[earlier].lastLines
            failures.remove(at: earlier)
        }
        failures.insert(record, at: 0)
        if failures.count > SchedulerLimits.replicasInEvidence { failures.removeLast() }
    }

    /// A new rollout begins.
    mutating func forgetFailures() { failures = [] }

    /// Whether a replica does what the wanted generation says.
    func isCurrent(_ replica: ReplicaState) -> Bool {
        replica.stored.generation >= current.restartFrom && replica.demand == current.demand
    }

    /// Whether the rollout of what is wanted has failed and waits for someone. Its old replicas stay then.
    var isHalted: Bool { current.ending?.state == .halted }

    /// Whether a replica may stay as it is, where it may stay.
    func keeps(_ replica: ReplicaState) -> Bool { isHalted || isCurrent(replica) }

    /// What new replicas are made of: not of a generation that has failed.
    var generationToPlace: Int { isHalted ? replacementGeneration : stored.generation }

    /// Whether the wanted generation has replaced every old one and is available as far as there is room for it.
    var isRolledOut: Bool {
        members.toReplace == 0 && members.unavailable == 0
            && !members[.current, ReplicaState.Level.available].isEmpty
            && members[.done, ReplicaState.Level.failed].isEmpty && members[.vacant, ReplicaState.Level.held].isEmpty
    }

    /// Whether new processes are being rolled out, so that the deadline runs. That of a first generation begins with its
    /// first placement: until then it waits for nodes or dependencies, not for its own processes.
    var isOnTrial: Bool {
        hasStarted && wanted > 0 && isUnderWay && !isRolledOut
    }

    /// Whether new processes are wanted that have not been complete, or only while none were to run.
    var isUnderWay: Bool {
        current.ending == nil
            && (current.restartFrom > stored.observedGeneration || stored.provenGeneration < current.restartFrom)
    }

    /// The generation that replaces lost and failed replicas: the wanted one if one of it has been ready or none before
    /// it ever was, else the last of which one has been; where the wanted one has failed, the last that was complete.
    var replacementGeneration: Int {
        if isHalted, let lastComplete { return lastComplete }
        let proven = stored.provenGeneration
        return proven < current.restartFrom && generations[proven] != nil ? proven : stored.generation
    }
}
