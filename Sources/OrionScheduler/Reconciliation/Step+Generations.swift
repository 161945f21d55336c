import HashTreeCollections
import OrionCore

/// Changed specifications: each is a new generation.
extension Step {
    /// Which processes cannot go on under a changed specification.
    enum Replacement {
        /// None need be replaced.
        case nothing
        /// Those that were started from a specification that differs in what a process is made of.
        case changed
        /// All of them.
        case everything
    }

    /// Makes a specification the wanted one. Replicas that may go on as they are take it over; the others are rolled.
    mutating func setSpecification(
        of name: ServiceName, to specification: SharedSpecification, fields: [String], replacing: Replacement,
        undoing undone: Int? = nil
    ) {
        guard let old = state.services[name] else { return }
        let number = old.stored.generation + 1
        var generation = ServiceState.Generation(
            specification: specification, restartFrom: old.current.restartFrom, createdAt: moment.wall)
        var replacing = replacing
        if replacing == .nothing, outgrows(generation.demand, old) || isTried(first: specification.value, old) {
            replacing = .changed
        }
        let rolls = replacing != .nothing
        if rolls { generation.restartFrom = number }
        generation.fields = fields
        // Without new processes it is the same rollout that goes on, or has failed.
        generation.undoes = rolls ? undone : old.current.undoes
        if !rolls, old.isHalted { generation.ending = old.current.ending }
        updateService(name) { service in
            if rolls {
                service.forgetUntried()
                service.end(
                    RolloutEnding(
                        service.isRolledOut && !service.isHalted ? .complete : .superseded,
                        reason: "generation \(number) took over"))
                service.forgetFailures()
            }
            service.stored.generation = number
            service.stored.updatedAt = generation.createdAt
            service.generations[number] = generation
            // The processes are the same: what proved the last one proves this one.
            if service.stored.provenGeneration >= generation.restartFrom { service.stored.provenGeneration = number }
            service.current = generation
            // A changed service is tried again at once, and has its time anew; but not by more replicas alone.
            service.hold = nil
            service.hasStoppedFirst = false
            if fields != ["replicas"] { service.progress = nil }
            service.prune()
        }
        if rolls || old.specification.concernsReplicas(differentlyFrom: specification.value) {
            handOut(generation, number, of: name, to: old.members.all, replacing)
        } else if old.specification.update.minReadySeconds != specification.value.update.minReadySeconds {
            // Since when they are ready is the same, but not whether that is long enough.
            for id in old.members.all { updateReplica(id) { _ in } }
        }
    }

    /// Notes that a replica of its generation has been ready; not one of a removed service of that name, or that someone
    /// wants no more.
    mutating func prove(by replica: ReplicaState) {
        let generation = replica.stored.generation
        guard replica.stored.intent == .run, let stored = state.services[replica.service]?.stored,
            stored.provenGeneration < generation, stored.firstGeneration <= generation
        else { return }
        updateService(replica.service) { $0.stored.provenGeneration = generation }
    }

    private mutating func handOut(
        _ generation: ServiceState.Generation, _ number: Int, of name: ServiceName, to ids: SortedTree<ReplicaID>,
        _ replacing: Replacement
    ) {
        var told: Set<NodeID> = []
        var keeps: [Int: Bool] = [:]
        for id in ids {
            guard let replica = state.replicas[id] else { continue }
            let started = replica.stored.generation
            let keepsProcess = keeps[started] ?? keepsProcesses(of: replica, under: generation, replacing)
            keeps[started] = keepsProcess
            guard keepsProcess, takesOver(replica, generation) else {
                updateReplica(id) { _ in }
                continue
            }
            told.insert(replica.node)
            updateReplica(id) { replica in
                replica.stored.generation = number
                replica.specification = generation.specification
                replica.demand = generation.demand
                let mayOverlap = replica.specification.value.disconnect.overlap
                if mayOverlap, replica.stored.state == .stopping { replica.replaceAt = nil }
            }
            renewTurn(of: id)
        }
        for id in told.sorted() { send(.update(name, generation: number), to: id) }
    }

    /// What `disconnect` says now holds for what is lost already.
    private mutating func renewTurn(of id: ReplicaID) {
        guard let replica = state.replicas[id], replica.standing == .gone, replica.stored.state == .lost,
            replica.replacedBy == nil, state.nodes[replica.node]?.silentSince != nil
        else { return }
        let replaceAt = replacementTime(of: id)
        // Whoever has a turn keeps it: a new one would be behind all others.
        if replica.hasTurn, let turn = replica.replaceAt, replaceAt ?? .start <= turn { return }
        updateReplica(id) { replica in
            replica.hasTurn = false
            replica.replaceAt = replaceAt
            replica.isPaced = false
        }
        if state.losses.arePaced(present: state.nodesPresent) { pace(id) }
    }

    /// Whether the processes of a replica's generation are those of a new one. Where a rollout is undone midway, the old
    /// replicas are what is wanted again.
    private func keepsProcesses(
        of replica: ReplicaState, under generation: ServiceState.Generation, _ replacing: Replacement
    ) -> Bool {
        switch replacing {
        case .nothing: replica.stored.generation >= generation.restartFrom
        case .changed: !generation.specification.value.needsNewProcesses(comparedWith: replica.specification.value)
        case .everything: false
        }
    }

    /// Whether replicas are wanted for the first time of a release that was complete only because none were: it is rolled out
    /// now.
    private func isTried(first specification: ServiceSpecification, _ service: ServiceState) -> Bool {
        service.wanted == 0 && specification.replicas > 0 && !service.isHalted
            && service.stored.observedGeneration >= service.current.restartFrom
            && service.stored.provenGeneration < service.current.restartFrom
    }

    /// Whether what the replicas of a service hold becomes more than the node of one of them has, so that it cannot go on
    /// where it is.
    private func outgrows(_ demand: Demand, _ service: ServiceState) -> Bool {
        guard demand != service.current.demand else { return false }
        var allocations: [NodeID: Allocation] = [:]
        for id in service.members.all {
            guard let replica = state.replicas[id], replica.stored.intent == .run, !replica.stored.state.isFinal,
                service.isCurrent(replica), let node = state.nodes[replica.node]
            else { continue }
            var allocation = allocations[replica.node] ?? node.allocation
            guard isRoom(for: demand, insteadOf: replica, on: node, allocation) else { return true }
            allocation.subtract(replica.demand)
            allocation.add(demand)
            allocations[replica.node] = allocation
        }
        return false
    }

    /// Whether a replica goes on as it is with this generation's specification, if its processes may.
    private func takesOver(_ replica: ReplicaState, _ generation: ServiceState.Generation) -> Bool {
        guard replica.stored.intent == .run, !replica.stored.state.isFinal else { return false }
        guard replica.demand != generation.demand else { return true }
        guard let node = state.nodes[replica.node] else { return false }
        return isRoom(for: generation.demand, insteadOf: replica, on: node, node.allocation)
    }

    /// Whether a replica may hold that on its node instead of what it holds, where so much is allocated.
    private func isRoom(
        for demand: Demand, insteadOf replica: ReplicaState, on node: NodeState, _ allocation: Allocation
    ) -> Bool {
        if demand.needsLease, node.stored.protocol == nil { return false }
        return allocation.refusal(of: demand, capacity: node.stored.capacity, releasing: replica.demand) == nil
    }
}

extension ServiceState {
    /// Ends the rollout of the wanted generation, and so of every one before it with the same processes, where it has not
    /// ended yet.
    mutating func end(_ ending: RolloutEnding) {
        for (number, generation) in generations where generation.restartFrom == current.restartFrom {
            let isOpen = generation.ending == nil || generation.ending?.state == .halted && ending.state == .complete
            if isOpen { generations[number]?.ending = ending }
        }
        current = generations[stored.generation] ?? current
        progress = nil
    }

    /// What was complete only because no replicas were wanted has never been tried: nobody is to go back to it.
    mutating func forgetUntried() {
        guard stored.provenGeneration < current.restartFrom else { return }
        for (number, generation) in generations
        where generation.restartFrom == current.restartFrom && generation.ending?.state == .complete {
            generations[number]?.ending = RolloutEnding(.superseded, reason: "no replica of it was ever ready")
        }
    }

    /// Drops the oldest generations beyond those kept, but for what runs, what may be needed again and what tells of a
    /// rollout that was undone; and all of a service that was removed.
    mutating func prune() {
        let needed: Set = [
            stored.generation, stored.observedGeneration, stored.provenGeneration, current.undoes ?? 0,
            lastComplete ?? 0,
        ]
        let droppable = generations.keys.sorted().filter { number in
            !needed.contains(number) && members.generations[number] == nil && !mayBeHeld(number)
        }
        let tooMany = generations.count - SchedulerLimits.generationsKept
        for (index, number) in droppable.enumerated() where index < tooMany || number < stored.firstGeneration {
            generations[number] = nil
        }
    }

    /// Whether an agent may still go by its lease, which is longer than today's.
    private func mayBeHeld(_ number: Int) -> Bool {
        guard let lease = generations[number]?.leaseSeconds, lease > current.leaseSeconds else { return false }
        return members.confirmed.keys.contains { $0 <= number }
    }
}

extension ServiceSpecification {
    /// Whether what differs means anything to a replica that runs, or only to the control plane.
    func concernsReplicas(differentlyFrom other: ServiceSpecification) -> Bool {
        var own = self
        own.replicas = other.replicas
        own.update = other.update
        own.placement = other.placement
        own.autoscaling = other.autoscaling
        own.dependencies = other.dependencies
        return own != other
    }
}
