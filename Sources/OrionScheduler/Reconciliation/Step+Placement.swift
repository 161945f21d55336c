import HashTreeCollections
import OrionCore

/// Keeping as many replicas as are wanted.
extension Step {
    /// Stops what is too much: ended ones first, then what is to be replaced anyway, then the youngest.
    mutating func trim(_ name: ServiceName) {
        while let service = state.services[name], let victim = surplus(of: service) { retire(victim) }
        guard let service = state.services[name], service.missing == 0, !service.members.isProving else { return }
        for level in [ReplicaState.Level.held, ReplicaState.Level.free] {
            for id in service.members[.vacant, level] { removeReplica(id) }
        }
    }

    private func surplus(of service: ServiceState) -> ReplicaID? {
        let members = service.members
        let surge = members.toReplace > 0 ? 1 : 0
        guard members.live + members.count(.done) > service.wanted + surge else { return nil }
        let ended =
            members[.done, ReplicaState.Level.failed].first ?? members[.done, ReplicaState.Level.succeeded].first
        if let victim = ended ?? stoppable(of: service) { return victim }
        for level in 0..<ReplicaState.Level.count {
            for standing in [.failing, .outdated, .current] as [ReplicaState.Standing] {
                if let youngest = members[standing, level].last { return youngest }
            }
        }
        return nil
    }

    /// A replica to be replaced that may be stopped now: one that is not ready, or one that is not needed.
    func stoppable(of service: ServiceState) -> ReplicaID? {
        let members = service.members
        let unready = ReplicaState.Level.unready
        if let id = members[.failing, unready].first ?? members[.outdated, unready].first { return id }
        let reliable =
            members[.current, ReplicaState.Level.available].count
            + members[.done, ReplicaState.Level.succeeded].count
            + [ReplicaState.Level.ready, ReplicaState.Level.available].reduce(0) { sum, level in
                sum + members[.outdated, level].count + members[.failing, level].count
            }
        let needed = service.wanted - service.specification.update.maxUnavailable.roundedDown(of: service.wanted)
        for level in ReplicaState.Level.unreachable...ReplicaState.Level.available {
            let rest = level == ReplicaState.Level.unreachable ? reliable : reliable - 1
            guard rest >= needed else { return nil }
            if let id = members[.failing, level].first ?? members[.outdated, level].first { return id }
        }
        return nil
    }

    /// Places what is missing; false where something found no place.
    mutating func fill(_ name: ServiceName, among candidates: [NodeID]?) -> Bool {
        if let service = state.services[name], service.missing > 0,
            let dependency = state.unreadyDependency(of: service)
        {
            state.heldBack[dependency, default: SortedTree()].insert(name)
            return true
        }
        while let service = state.services[name] {
            let members = service.members
            let vacancy =
                members[.vacant, ReplicaState.Level.free].first ?? members[.gone, ReplicaState.Level.unreplaced].first
            // A new replica that still has to prove itself beside the old ones replaces none that is lost.
            let isSurging = members.isProving && vacancy != nil
            let wanted = service.wanted + (isSurging ? 1 : 0)
            let held = members[.vacant, ReplicaState.Level.held].count
            guard members.live + members.count(.done) + held < wanted else { return true }
            let isReplacement = vacancy != nil && !service.hasStoppedFirst
            let generation = isReplacement ? service.replacementGeneration : service.stored.generation
            let isPlaced = place(name, generation: generation, insteadOf: vacancy, among: candidates)
            guard isPlaced else { return service.missing == 0 }
        }
        return true
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
        guard let origin = old.stored.replaces, state.replicas[origin]?.standing == .gone else { return replaced }
        updateReplica(origin) { $0.replacedBy = id }
        return origin
    }
}
