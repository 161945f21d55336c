import HashTreeCollections
import OrionCore

/// Changed specifications: each is a new generation.
extension Step {
    /// Makes a specification the wanted one. Replicas that may go on as they are take it over; the others are rolled.
    mutating func setSpecification(
        of name: ServiceName, to specification: SharedSpecification, needsNewProcesses: Bool
    ) {
        guard let old = state.services[name] else { return }
        let number = old.stored.generation + 1
        let generation = ServiceState.Generation(
            specification: specification, restartFrom: needsNewProcesses ? number : old.current.restartFrom,
            createdAt: moment.wall)
        updateService(name) { service in
            service.stored.generation = number
            service.stored.updatedAt = generation.createdAt
            service.generations[number] = generation
            // The processes are the same: what proved the last one proves this one.
            if service.stored.provenGeneration >= generation.restartFrom { service.stored.provenGeneration = number }
            service.current = generation
            // A changed service is tried again at once.
            service.hold = nil
            service.hasStoppedFirst = false
            service.prune()
        }
        if needsNewProcesses || old.specification.concernsReplicas(differentlyFrom: specification.value) {
            handOut(generation, number, to: old.members.all)
        } else if old.specification.update.minReadySeconds != specification.value.update.minReadySeconds {
            // Since when they are ready is the same, but not whether that is long enough.
            for id in old.members.all { updateReplica(id) { _ in } }
        }
    }

    /// Notes that a replica of a generation has been ready.
    mutating func prove(_ name: ServiceName, _ generation: Int) {
        guard let proven = state.services[name]?.stored.provenGeneration, proven < generation else { return }
        updateService(name) { $0.stored.provenGeneration = generation }
    }

    private mutating func handOut(_ generation: ServiceState.Generation, _ number: Int, to ids: SortedTree<ReplicaID>) {
        var told: Set<NodeID> = []
        for id in ids {
            guard let replica = state.replicas[id] else { continue }
            guard takesOver(replica, generation) else {
                updateReplica(id) { _ in }
                continue
            }
            told.insert(replica.node)
            updateReplica(id) { replica in
                replica.stored.generation = number
                replica.specification = generation.specification
                replica.demand = generation.demand
            }
        }
        for id in told.sorted() {
            guard let name = ids.first.flatMap({ state.replicas[$0]?.service }) else { return }
            sendUpdate(name, to: id)
        }
    }

    /// Whether a replica goes on as it is with this generation's specification.
    private func takesOver(_ replica: ReplicaState, _ generation: ServiceState.Generation) -> Bool {
        guard replica.stored.intent == .run, !replica.stored.state.isFinal,
            replica.stored.generation >= generation.restartFrom
        else { return false }
        guard replica.demand != generation.demand else { return true }
        guard let node = state.nodes[replica.node] else { return false }
        return node.allocation.refusal(
            of: generation.demand, capacity: node.stored.capacity, releasing: replica.demand) == nil
    }
}

extension ServiceState {
    /// Drops the oldest generations beyond those kept, but for what runs, what was complete and what replaces the lost.
    mutating func prune() {
        let needed: Set = [stored.generation, stored.observedGeneration, stored.provenGeneration]
        let droppable = generations.keys.sorted().filter { number in
            !needed.contains(number) && members.generations[number] == nil
        }
        let tooMany = generations.count - SchedulerLimits.generationsKept
        for number in droppable.prefix(max(0, tooMany)) { generations[number] = nil }
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
