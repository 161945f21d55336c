import OrionCore

/// One placement: its record, and what only memory knows of it.
struct ReplicaState: Sendable {
    /// How a replica counts for its service.
    enum Standing: Int, Sendable, CaseIterable {
        /// Told to run, as the wanted generation says, where it may stay.
        case current
        /// Told to run, but to be replaced: an older generation, a draining node.
        case outdated
        /// Told to run, but with too many exits in a row: to be tried on another node.
        case failing
        /// Told to run on a node that is lost, or whose agent is stopping it by itself: counts for nothing, may come back.
        case gone
        /// Ended, and to be replaced; its record goes with its successor's placement.
        case vacant
        /// Ended for good, and not replaced.
        case done
        /// Told to stop.
        case stopping
    }

    /// What the levels of a standing mean: a finer distinction, by which candidates are found without a search.
    enum Level {
        /// Live ones: not ready.
        static let unready = 0
        /// Live ones: ready when their node was last heard from, which is not connected. Nobody relies on them, and they
        /// are not given up either.
        static let unreachable = 1
        /// Live ones: ready, for less than `minReadySeconds`.
        static let ready = 2
        /// Live ones: ready for long enough to be relied on.
        static let available = 3
        /// Gone ones: not replaced yet.
        static let unreplaced = 0
        /// Gone ones: replaced.
        static let replaced = 1
        /// Gone ones: the replacement waits (`disconnect`, or the pace of many).
        static let awaited = 2
        /// Vacant ones: the replacement waits for the back-off.
        static let held = 0
        /// Vacant ones: the replacement may be placed.
        static let free = 1
        /// Done ones.
        static let failed = 0
        /// Done ones.
        static let succeeded = 1
        /// Stopping ones: its node has to say so.
        static let expected = 0
        /// Stopping ones: its node is lost; nobody waits for it.
        static let lost = 1
        /// How many there are.
        static let count = 4
    }

    var stored: StoredReplica
    /// The specification of `stored.generation`.
    var specification: SharedSpecification
    /// What it holds.
    var demand: Demand
    /// How it counts; kept by `ClusterState.setReplica`.
    var standing = Standing.current
    /// The finer distinction; kept by `ClusterState.setReplica`.
    var level = Level.unready
    /// When its level changes by itself; kept by `ClusterState.setReplica`.
    var dueAt: Instant?
    /// Whether its node is connected.
    var isReachable = false
    /// Since when it has been ready without a break.
    var readySince: Instant?
    /// Since when its present process is known to run.
    var aliveSince: Instant?
    /// Exits that were noticed.
    var exitsSeen: Int
    /// Exits in a row, none alive for `resetAfterSeconds`.
    var exitsInARow = 0
    /// Whether nobody knows if its agent, one with base fields alone, was told to launch it: the control plane ended
    /// after the placement was durable, and before it was durable that the launch was sent.
    var isInDoubt = false
    /// Whether its replacement waits for the service's back-off.
    var isHeld = false
    /// When it may be replaced, once it is gone or told to stop; nil for at once.
    var replaceAt: Instant?
    /// Whether its replacement needs a turn once that time has come, because many nodes vanished.
    var isPaced = false
    /// Whether `replaceAt` is the turn that it was given.
    var hasTurn = false
    /// Whether another agent of its node than the one before did not name it, so that it may still run at that one.
    var isElsewhere = false
    /// Whether it may still run though it is gone or told to stop, and must not run beside another: it keeps its place.
    /// Kept by `ClusterState.setReplica`.
    var isBound = false
    /// The oldest generation that its agent may hold of it: that of its launch, then what its agent last reported.
    var confirmedGeneration: Int
    /// The replica that was placed instead of it.
    var replacedBy: ReplicaID?

    init(stored: StoredReplica, generation: ServiceState.Generation) {
        self.stored = stored
        specification = generation.specification
        demand = generation.demand
        confirmedGeneration = stored.generation
        exitsSeen = stored.restarts + (stored.state == .backoff ? 1 : 0)
    }

    var id: ReplicaID { stored.id }
    var service: ServiceName { stored.service }
    var node: NodeID { stored.node }
    /// Its launch, for as long as it has to wait.
    var waitingLaunch: NodeSession.WaitingLaunch { NodeSession.WaitingLaunch(fence: stored.fence, replica: id) }
    /// Told to run on a node that is there.
    var isLive: Bool { standing == .current || standing == .outdated || standing == .failing }
    /// Ready for long enough, as the wanted generation says and where it may stay.
    var isAvailable: Bool { standing == .current && level == Level.available }
    /// The oldest generation by whose lease its agent may let it run; nil where that no longer matters.
    var heldGeneration: Int? { stored.state.isFinal || replacedBy != nil ? nil : confirmedGeneration }
    /// Whether more follows, once its time has come, than that it counts in another way (`Step.turnComes`).
    var needsTurn: Bool { isElsewhere || isPaced && standing == .gone }
    /// Whether its node must keep room for it.
    var holdsResources: Bool { !stored.state.isFinal }
    /// Whether it failed so often here that another node is to be tried.
    /// With `maxAttempts` the attempts are counted on one node: a move would begin the count anew.
    var isToMove: Bool {
        exitsInARow >= SchedulerLimits.exitsBeforeMove && specification.value.restart.maxAttempts == nil
    }

    /// Whether its end is final by the restart policy that it ended under.
    var hasEndedForGood: Bool { isFinal(by: specification.value.restart) }

    /// Whether its end is final, and nothing takes its place: by the restart policy that it ended under and by the one that
    /// is wanted now. Whoever asks for restarts wants what has ended already to run too.
    func hasEndedForGood(in service: ServiceState) -> Bool {
        hasEndedForGood && isFinal(by: service.specification.restart)
    }

    /// Whether it failed with as many restarts as it may have.
    var hasUsedUpRestarts: Bool {
        let restart = specification.value.restart
        return restart.policy != .never && hasUsedUpRestarts(of: restart)
    }

    private func isFinal(by restart: RestartPolicy) -> Bool {
        switch stored.state {
        case .succeeded: restart.policy != .always
        case .failed: restart.policy == .never || hasUsedUpRestarts(of: restart)
        default: false
        }
    }

    private func hasUsedUpRestarts(of restart: RestartPolicy) -> Bool {
        stored.state == .failed && restart.maxAttempts.map { stored.restarts >= $0 } ?? false
    }

    /// Its node is lost, or another agent speaks for it that does not know it: it may run on, and be replaced at a time.
    mutating func becomeLost(replaceAt: Instant?) {
        stored.state = .lost
        readySince = nil
        aliveSince = nil
        self.replaceAt = replaceAt
        isPaced = false
        hasTurn = false
    }

    /// What people are shown: one that was told to stop is stopping, whatever its agent said last.
    var shownState: ReplicaPhase {
        guard stored.intent == .stop, !stored.state.isFinal, stored.state != .lost else { return stored.state }
        return .stopping
    }
}
