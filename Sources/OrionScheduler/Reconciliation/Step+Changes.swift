import HashTreeCollections
import OrionCore

/// What a step leaves behind in the store: the difference between the records before and after it.
extension Step {
    /// Writes the changes of everything that was touched, in one order for equal steps, and the next deadline.
    mutating func writeChanges() {
        if state.cluster != before.cluster { decision.changes.append(.cluster(state.cluster)) }
        for name in touchedConfigurations.sorted() {
            let new = state.configurations[name]
            guard new != before.configurations[name] else { continue }
            decision.changes.append(new.map { .configuration($0) } ?? .removeConfiguration(name))
        }
        for name in touchedServices.sorted() { writeService(name) }
        for id in touchedNodes.sorted() {
            let old = before.nodes[id]?.stored
            let new = state.nodes[id]?.stored
            guard new != old else { continue }
            decision.changes.append(new.map { .node($0) } ?? .removeNode(id))
        }
        for id in touchedReplicas.sorted() {
            let old = before.replicas[id]?.stored
            let new = state.replicas[id]?.stored
            guard new != old else { continue }
            decision.changes.append(new.map { .replica($0) } ?? .removeReplica(id))
        }
        decision.nextDeadline = state.timers.next
    }

    private mutating func writeService(_ name: ServiceName) {
        guard let new = state.services[name] else {
            if before.services[name] != nil { decision.changes.append(.removeService(name)) }
            return
        }
        let old = before.services[name]
        if new.stored != old?.stored { decision.changes.append(.service(new.stored)) }
        for number in new.generations.keys.sorted() {
            guard let generation = new.generations[number] else { continue }
            // Nothing else of a generation ever changes.
            if let kept = old?.generations[number], kept.ending == generation.ending { continue }
            decision.changes.append(.generation(generation.stored(as: number, of: name)))
        }
        for number in (old?.generations.keys.sorted() ?? []) where new.generations[number] == nil {
            decision.changes.append(.removeGeneration(name, number))
        }
    }
}

extension ServiceState.Generation {
    fileprivate func stored(as number: Int, of service: ServiceName) -> StoredGeneration {
        var record = StoredGeneration(
            service: service, generation: number, restartFrom: restartFrom, createdAt: createdAt,
            specification: specification.json)
        record.fields = fields
        record.undoes = undoes
        record.ending = ending
        return record
    }
}
