import HashTreeCollections
import OrionCore

/// Keeping as many replicas as are wanted.
extension Step {
    /// Stops what is too much: ended ones first, then what is to be replaced anyway, then the youngest.
    mutating func trim(_ name: ServiceName) {
        while let service = state.services[name], let victim = surplus(of: service) { stop(victim) }
        guard let service = state.services[name], service.missing == 0, !service.isProving else { return }
        for level in [ReplicaState.Level.held, ReplicaState.Level.free] {
            for id in service.members[.vacant, level] { removeReplica(id) }
        }
    }

    private func surplus(of service: ServiceState) -> ReplicaID? {
        let members = service.members
        let surge = members.toReplace > 0 ? service.maxSurge : 0
        guard members.live + members.count(.done) > service.wanted + surge else { return nil }
        var ended = members[.done, ReplicaState.Level.failed].first
        // An old one may just have gone because of one that has succeeded.
        if ended == nil, hasReadyToSpare(service) { ended = members[.done, ReplicaState.Level.succeeded].first }
        if let victim = ended ?? firstToReplace(of: members, at: ReplicaState.Level.unready) { return victim }
        if let victim = dispensable(of: service) { return victim }
        // A surge that is over goes once as many as are wanted are ready, where that can be seen.
        let isSurge =
            service.wanted > 0 && members.live + members.count(.done) <= service.wanted + service.maxSurge
        if isSurge, members[.current, ReplicaState.Level.unready].isEmpty, !hasReadyToSpare(service) { return nil }
        for level in 0..<ReplicaState.Level.count {
            for standing in [.failing, .outdated, .current] as [ReplicaState.Standing] {
                if let youngest = members[standing, level].last { return youngest }
            }
        }
        return nil
    }

    /// A replica to be replaced that may be stopped now, because enough others can be relied on.
    func stoppable(of service: ServiceState) -> ReplicaID? {
        let members = service.members
        // Those that still have to prove themselves replace nothing yet, not even one that is not ready: it may be soon.
        let proved = members.live + service.finished - members.unavailable
        let unready = ReplicaState.Level.unready
        if proved > service.wanted, let id = firstToReplace(of: members, at: unready) { return id }
        if proved > service.wanted - service.maxUnavailable,
            let id = sick(of: service) ?? stuck(of: service, at: unready)
        {
            return id
        }
        return dispensable(of: service)
    }

    /// One to be replaced that is not ready, and would not be replaced by another old one. What has just been placed
    /// instead of a lost one is given its time while no new one has been ready: each would follow the other for ever.
    private func sick(of service: ServiceState) -> ReplicaID? {
        let outdated = service.members[.outdated, ReplicaState.Level.unready]
        if service.replacementGeneration == service.stored.generation { return outdated.first }
        return outdated.first { id in
            switch state.replicas[id]?.stored.state {
            case .starting, .running: false
            default: true
            }
        }
    }

    /// One that exits too often, where none may run beside it while it is tried on another node (`moveFailing`): it goes
    /// first, once the back-off is over and another node takes it.
    private func stuck(of service: ServiceState, at level: Int) -> ReplicaID? {
        guard service.maxSurge == 0, service.isFree(at: now) else { return nil }
        return service.members[.failing, level].first { id in
            guard let replica = state.replicas[id] else { return false }
            return state.nextNode(for: service.current.demand, among: nil, avoiding: replica.node) != nil
        }
    }

    /// One to be replaced without which as many remain ready, on connected nodes, as have to.
    private func dispensable(of service: ServiceState) -> ReplicaID? {
        let members = service.members
        let reliable =
            members[.current, ReplicaState.Level.available].count
            + members[.done, ReplicaState.Level.succeeded].count
            + [ReplicaState.Level.ready, ReplicaState.Level.available].reduce(0) { sum, level in
                sum + members[.outdated, level].count + members[.failing, level].count
            }
        for level in ReplicaState.Level.unreachable...ReplicaState.Level.available {
            let rest = level == ReplicaState.Level.unreachable ? reliable : reliable - 1
            guard rest >= service.required else { return nil }
            // One that exits too often only goes once another has proved itself.
            if rest >= service.wanted - service.missed, let id = members[.failing, level].first { return id }
            if let id = members[.outdated, level].first ?? stuck(of: service, at: level) { return id }
        }
        return nil
    }

    private func hasReadyToSpare(_ service: ServiceState) -> Bool {
        let members = service.members
        return members[.current, ReplicaState.Level.ready].count + members[.current, ReplicaState.Level.available].count
            + members[.done, ReplicaState.Level.succeeded].count > service.wanted - service.maxUnavailable
    }

    private func firstToReplace(of members: Members, at level: Int) -> ReplicaID? {
        members[.failing, level].first ?? members[.outdated, level].first
    }

    /// Places what is missing; false where something found no place.
    mutating func fill(_ name: ServiceName, among candidates: [NodeID]?) -> Bool {
        if let service = state.services[name], service.missing > 0,
            let dependency = state.unreadyDependencies(of: service).first
        {
            state.heldBack[dependency, default: SortedTree()].insert(name)
            return true
        }
        while let service = state.services[name] {
            let members = service.members
            let vacancy =
                members[.vacant, ReplicaState.Level.free].first ?? members[.gone, ReplicaState.Level.unreplaced].first
            // New replicas that still have to prove themselves beside the old ones replace none that is lost.
            let isSurging = service.isProving && vacancy != nil
            let wanted = service.wanted + (isSurging ? min(service.maxSurge, service.unproven) : 0)
            guard members.live + members.count(.done) + service.heldPlaces < wanted, service.hasRoomForOne else {
                return true
            }
            let generation =
                service.hasStoppedFirst ? service.generationToPlace : generation(toFill: vacancy, of: service)
            // Where the old has no room any more, a release that has is not kept waiting for it.
            let other = service.generationToPlace
            let isPlaced =
                place(name, generation: generation, insteadOf: vacancy, among: candidates)
                || other != generation && place(name, generation: other, insteadOf: vacancy, among: candidates)
            guard isPlaced else { return service.missing == 0 }
        }
        return true
    }

    /// The generation of what takes a lost or failed replica's place. A new one that failed is tried again as a new one,
    /// and after an old one that failed too, a new one is. What had ended for good never runs again.
    private func generation(toFill vacancy: ReplicaID?, of service: ServiceState) -> Int {
        guard let vacancy = vacancy.flatMap({ state.replicas[$0] }),
            vacancy.stored.generation < service.current.restartFrom, !vacancy.hasEndedForGood
        else { return service.generationToPlace }
        // One that was itself placed during this rollout and has ended: the old do not work any more. Another of them would
        // only end as well, and without a surge keep the place from the new ones for ever.
        let began = service.generations[service.current.restartFrom]?.createdAt ?? service.current.createdAt
        let hasEnded = vacancy.stored.state == .failed || vacancy.stored.state == .succeeded
        return hasEnded && vacancy.stored.createdAt >= began
            ? service.generationToPlace : service.replacementGeneration
    }

    /// Places a replica on the next node that takes it, and has it launched; false where none does.
    mutating func place(
        _ name: ServiceName, generation number: Int, insteadOf replaced: ReplicaID?, among candidates: [NodeID]?,
        avoiding avoided: NodeID? = nil
    ) -> Bool {
        guard let service = state.services[name], let generation = service.generations[number],
            let nodeID = findNode(for: generation.demand, among: candidates, avoiding: avoided)
        else { return false }
        let fence = state.cluster.lastFence.next
        state.cluster.lastFence = fence
        state.cluster.cursor = nodeID
        let id = ReplicaID(service: name, fence: fence)
        var stored = StoredReplica(
            id: id, service: name, node: nodeID, generation: number, fence: fence, createdAt: moment.wall)
        stored.replaces = replaced.map { succeed($0, by: id) }
        var replica = ReplicaState(stored: stored, generation: generation)
        replica.isReachable = true
        if number == service.stored.generation || !service.hasStarted {
            updateService(name) { service in
                service.hasStarted = true
                if number == service.stored.generation { service.hasStoppedFirst = false }
            }
        }
        addReplica(replica)
        let because = stored.replaces.map { " instead of \($0)" } ?? ""
        note(
            "\(id) is placed on \(state.nodes[nodeID]?.stored.name ?? "")\(because).", service: name, replica: id,
            node: nodeID)
        launch(id)
        return true
    }

    /// The next node that takes a replica with this demand.
    mutating func findNode(
        for demand: Demand, among candidates: [NodeID]?, avoiding avoided: NodeID? = nil
    ) -> NodeID? {
        if hopeless.contains(demand) { return nil }
        let node = state.nextNode(for: demand, among: candidates, avoiding: avoided)
        if node == nil, candidates == nil, avoided == nil { hopeless.insert(demand) }
        return node
    }

    /// Gives a replica its successor; returns the one that the successor stands for: that itself, or what it stood for.
    private mutating func succeed(_ replaced: ReplicaID, by id: ReplicaID) -> ReplicaID {
        // One that still runs is not replaced before its successor has proved itself.
        guard let old = state.replicas[replaced], !old.isLive else { return replaced }
        guard old.standing == .vacant else {
            updateReplica(replaced) { $0.replacedBy = id }
            return replaced
        }
        removeReplica(replaced)
        // That one's own time may not have come yet.
        guard let origin = old.stored.replaces, let gone = state.replicas[origin], gone.standing == .gone,
            gone.level != ReplicaState.Level.awaited
        else { return replaced }
        updateReplica(origin) { $0.replacedBy = id }
        return origin
    }
}
