import HashTreeCollections
import OrionCore

/// Turning what an agent has into what it should have.
extension Step {
    /// Compares what a hello lists with what is placed on its node, and orders what is missing or too much.
    ///
    /// What another agent of the node than the one before does not name may still run at that one.
    mutating func reconcile(_ nodeID: NodeID, with hello: Hello, isFirst: Bool, isSameAgent: Bool) {
        let returning = gone(on: nodeID)
        guard let listed = hello.replicas else { return reconcileUnlisted(nodeID, returning, isFirst: isFirst) }
        state.nodes[nodeID]?.session?.begin(with: listed)
        let speaker = Speaker(state.nodes[nodeID])
        var named: Set<ReplicaID> = []
        for status in listed {
            named.insert(status.replicaId)
            take(listed: status, of: speaker, on: nodeID)
        }
        for id in state.nodes[nodeID]?.replicas ?? SortedTree() where !named.contains(id) {
            settleUnnamed(id, on: nodeID, isSameAgent: isSameAgent)
        }
        for id in returning where state.replicas[id]?.isLive == true { settleReturn(of: id, isBase: false) }
        sendMissingUpdates(for: listed, on: nodeID)
        sendWaitingLaunches(to: nodeID)
    }

    /// The replicas of a node that count for nothing until they are heard of.
    private func gone(on nodeID: NodeID) -> [ReplicaID] {
        (state.nodes[nodeID]?.replicas ?? SortedTree()).filter { state.replicas[$0]?.standing == .gone }
    }

    private mutating func take(listed status: ReplicaStatus, of speaker: Speaker, on nodeID: NodeID) {
        let id = status.replicaId
        let service = status.service
        guard let replica = state.replicas[id], replica.node == nodeID, replica.service == service else {
            if status.state.isFinal { return forget(id, of: service, on: nodeID) }
            return sendStop(id, of: service, to: nodeID)
        }
        take(status, of: speaker, isListed: true)
        if status.state.isFinal {
            forget(id, of: service, on: nodeID)
        } else if replica.stored.intent == .stop || replica.stored.state.isFinal {
            sendStop(id, of: service, to: nodeID)
        }
    }

    /// Orders a stop, unless it is on its way.
    private mutating func sendStop(_ id: ReplicaID, of service: ServiceName, to nodeID: NodeID) {
        guard state.nodes[nodeID]?.session?.unanswered[.stop(id, service)] == nil else { return }
        send(.stop(id, service), to: nodeID)
    }

    /// Decides about a replica that its agent does not name: launched if it never was, else lost.
    private mutating func settleUnnamed(_ id: ReplicaID, on nodeID: NodeID, isSameAgent: Bool) {
        guard let replica = state.replicas[id], !replica.stored.state.isFinal else { return }
        let session = state.nodes[nodeID]?.session
        // Another agent of this node may run it, or have been told to launch it, for as long as its lease lasts.
        let isOver = replica.stored.state == .lost && replica.replaceAt.map { $0 <= now } == true
        let isElsewhere =
            replica.isElsewhere || !isSameAgent && !replica.specification.value.disconnect.overlap
        if isElsewhere, !isOver, replica.replacedBy == nil {
            if !replica.isElsewhere {
                note(
                    .warning, "\(id) may still run: another agent of its node does not know it.",
                    service: replica.service, replica: id, node: nodeID)
            }
            return waitElsewhere(for: replica)
        }
        if replica.stored.isKnown || replica.isInDoubt || isElsewhere { return endUnnamed(replica) }
        let isLaunched = session?.unanswered[.launch(id)] != nil
        // Launch and stop are both on their way: it starts, and its agent says when it has ended.
        if replica.stored.intent == .stop, isLaunched { return }
        // What never started is not started beside what replaced it, nor only to be stopped.
        if replica.stored.intent == .stop || hasSuccessor(replica) { return removeReplica(id) }
        let isOnItsWay = isLaunched || session?.waitingLaunches.contains(replica.waitingLaunch) == true
        // After a start nobody knows what replaced one that must not run twice (`loaded`): another is placed if there is room.
        let isGone = replica.standing == .gone && !replica.specification.value.disconnect.overlap
        if isGone, !isOnItsWay { return removeReplica(id) }
        updateReplica(id) { replica in
            replica.isReachable = true
            replica.stored.state = .starting
            replica.replaceAt = nil
        }
        if replica.standing == .gone { settleReturn(of: id, isBase: false) }
        if !isOnItsWay, state.replicas[id]?.stored.intent == .run { launch(id) }
    }

    /// Its agent has no record of it any more, and no other can run it: it has ended.
    mutating func endUnnamed(_ replica: ReplicaState) {
        if replica.stored.intent == .stop { return removeReplica(replica.id) }
        note(
            .warning, "\(replica.id) is lost: its agent has no record of it any more.", service: replica.service,
            replica: replica.id, node: replica.node)
        if hasSuccessor(replica) { return removeReplica(replica.id) }
        forgetProgress(of: replica.id)
        updateReplica(replica.id) { replica in
            replica.replaceAt = nil
            replica.isElsewhere = false
            // Not failed: its restart policy has no say in a loss.
            replica.stored.state = .stopped
            replica.stored.message = "its agent has no record of it any more"
        }
    }

    /// A replica that was given up is there again: it or what replaced it has to go.
    private mutating func settleReturn(of id: ReplicaID, isBase: Bool) {
        guard let replica = state.replicas[id], let service = state.services[replica.service] else { return }
        let successor = replica.replacedBy.flatMap { state.replicas[$0] }.flatMap { $0.isLive ? $0 : nil }
        updateReplica(id) { $0.replacedBy = nil }
        // `replica` counts as live by now.
        let isTooMuch = service.members.live + service.members.count(.done) > service.wanted
        guard successor != nil || isTooMuch else { return }
        let loser = successor ?? newestUnready(of: service, but: id)
        if !isBase, let loser, staysInstead(of: loser, id) {
            stop(loser.id)
        } else {
            stop(id)
        }
        note("\(id) was replaced meanwhile: one of the two is stopped.", service: replica.service, replica: id)
    }

    /// Whether the one that came back stays and the other goes, by `disconnect.keep`: who is preferred stays if it is ready,
    /// on a node that is there.
    private func staysInstead(of other: ReplicaState, _ id: ReplicaID) -> Bool {
        guard let original = state.replicas[id] else { return false }
        switch original.specification.value.disconnect.keep {
        case .replacement where other.level == ReplicaState.Level.unreachable:
            // Ready when its node was last heard of: only for one that is ready for certain.
            return original.level >= ReplicaState.Level.ready
        case .replacement: return other.level < ReplicaState.Level.ready
        case .original: return original.level >= ReplicaState.Level.ready
        }
    }

    private func newestUnready(of service: ServiceState, but id: ReplicaID) -> ReplicaState? {
        let unready = service.members[.current, ReplicaState.Level.unready].filter { $0 != id }
        return unready.last.flatMap { state.replicas[$0] }
    }

    /// Sends what changed of replicas that an agent lists with an older generation than they have by now. That need not be
    /// the wanted one, which may need new processes.
    private mutating func sendMissingUpdates(for listed: [ReplicaStatus], on nodeID: NodeID) {
        var behind: Set<NodeSession.Order> = []
        for status in listed {
            guard let generation = status.generation, let replica = state.replicas[status.replicaId],
                replica.node == nodeID, replica.isLive, generation < replica.stored.generation
            else { continue }
            behind.insert(.update(replica.service, generation: replica.stored.generation))
        }
        for update in behind.sorted() { send(update, to: nodeID) }
    }

    /// The hello of an agent with base fields alone says nothing of replicas: what it was told counts.
    private mutating func reconcileUnlisted(_ nodeID: NodeID, _ returning: [ReplicaID], isFirst: Bool) {
        guard isFirst else { return }
        let now = now
        for id in state.nodes[nodeID]?.replicas ?? SortedTree() {
            guard let replica = state.replicas[id], !replica.stored.state.isFinal else { continue }
            if replica.isInDoubt, replica.stored.intent == .run { replaceDoubtful(replica) }
            updateReplica(id) { replica in
                replica.isReachable = true
                replica.replaceAt = nil
                guard replica.stored.intent == .run, replica.stored.state != .ready else { return }
                // What came of a start may have been lost with the session: what was told to launch counts as ready.
                replica.stored.state = replica.stored.isKnown ? .ready : .starting
                replica.readySince = replica.stored.isKnown ? now : nil
            }
            if replica.stored.intent == .stop { send(.stop(id, replica.service), to: nodeID) }
        }
        for id in returning where state.replicas[id]?.isLive == true { settleReturn(of: id, isBase: true) }
        for id in state.nodes[nodeID]?.replicas ?? SortedTree() {
            guard let replica = state.replicas[id], replica.isLive, !replica.stored.isKnown else { continue }
            launch(id)
        }
    }

    /// Whether its agent was ever told to launch it, nobody knows: to tell it (again) could run the id twice, not to could
    /// count for ever what never ran. So the id is given up, and another takes its place.
    private mutating func replaceDoubtful(_ replica: ReplicaState) {
        note(
            .warning,
            "\(replica.id) is replaced: the control plane ended before it knew whether its agent was told to launch it.",
            service: replica.service, replica: replica.id, node: replica.node)
        stop(replica.id)
    }
}
