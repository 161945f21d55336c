import OrionCore

/// One placement: its record, and what only memory knows of it.
struct ReplicaState: Sendable {
    /// How a replica counts for its service.
    enum Standing: Int, Sendable, CaseIterable {
        /// Told to run, as the wanted generation says, where it may stay.
        case current
        /// Told to run, but to be replaced: an older generation, a draining node, three exits in a row.
        case outdated
        /// Told to run on a node that is lost or leaving: counts for nothing.
        case gone
        /// Ended for good, and not replaced.
        case done
        /// Told to stop.
        case stopping
    }

    var stored: StoredReplica
    /// The specification of `stored.generation`.
    var specification: SharedSpecification
    /// How it counts; kept by `Step.replace`.
    var standing = Standing.current
    /// Since when it has been ready without a break.
    var readySince: Instant?
    /// Since when its present process is known to run.
    var aliveSince: Instant?
    /// Exits in a row, none alive for `resetAfterSeconds`.
    var exitsInARow = 0

    var id: ReplicaID { stored.id }
    var service: ServiceName { stored.service }
    var node: NodeID { stored.node }
    var isReady: Bool { stored.state == .ready }
    /// Told to run on a node that is there.
    var isLive: Bool { standing == .current || standing == .outdated }
    /// Whether its node must keep room for it.
    var holdsResources: Bool { !stored.state.isFinal }
    var demand: Demand { Demand(specification.value) }
    /// Whether it failed so often here that another node is to be tried.
    /// With `maxAttempts` the attempts are counted on one node: a move would begin the count anew.
    var isToMove: Bool {
        exitsInARow >= SchedulerLimits.exitsBeforeMove && specification.value.restart.maxAttempts == nil
    }

    /// Whether it has been ready for long enough to be relied on.
    func isAvailable(at now: Instant) -> Bool {
        guard isReady, let readySince else { return false }
        return now >= availableFrom(readySince)
    }

    /// When it will have been ready for long enough.
    func availableFrom(_ readySince: Instant) -> Instant {
        readySince.advanced(bySeconds: specification.value.update.minReadySeconds)
    }
}
