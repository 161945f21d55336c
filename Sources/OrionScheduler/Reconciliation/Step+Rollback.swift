import HashTreeCollections
import OrionCore

/// Going back to an earlier specification.
extension Step {
    /// Wants an earlier generation's specification again, as a new and higher generation with today's number of replicas.
    mutating func bringBack(_ number: Int, of name: ServiceName, undoing undone: Int?) -> ServiceChange {
        guard let service = state.services[name], let target = service.generations[number] else {
            preconditionFailure("\(name) has no generation \(number)")
        }
        let old = service.specification
        let specification = service.specification(of: target)
        let fields = SpecificationDifference.fields(from: old, to: specification)
        let isChanged = undone != nil || specification.needsNewProcesses(comparedWith: old)
        setSpecification(
            of: name, to: specification == target.specification.value ? target.specification : .init(specification),
            fields: fields, replacing: isChanged ? .changed : .nothing, undoing: undone)
        // These processes were all ready once: what is lost may be replaced by them at once.
        if state.services[name]?.generations[number]?.ending?.state == .complete, service.hasStarted {
            updateService(name) { $0.stored.provenGeneration = $0.stored.generation }
        }
        return ServiceChange(
            service: name, action: .updated, generation: service.stored.generation + 1, fields: fields)
    }
}

extension ServiceState {
    /// A generation's specification with the number of replicas that is wanted today.
    func specification(of generation: Generation) -> ServiceSpecification {
        var specification = generation.specification.value
        specification.replicas = self.specification.replicas
        return specification
    }

    /// Whether going back to a generation would change anything.
    func differs(from number: Int) -> Bool {
        generations[number].map { specification(of: $0) != specification } ?? false
    }

    /// The generations of this service, and not of a removed one of its name, newest first.
    var history: [Int] { generations.keys.filter { $0 >= stored.firstGeneration }.sorted(by: >) }

    /// The last generation with other processes that was complete; nil where none is kept.
    var lastComplete: Int? {
        history.first { $0 < current.restartFrom && generations[$0]?.ending?.state == .complete }
    }

    /// The generation that someone wants to go back to: without a number the newest with other processes, but for those
    /// whose rollout failed.
    func target(ofRollbackTo number: Int?) throws(OrionError) -> Int {
        guard let number else { return try previous() }
        guard history.contains(number) else {
            let kept = history.map(String.init).joined(separator: ", ")
            throw OrionError(.notFound, "There is no generation \(number) of \(name); kept are \(kept).")
        }
        return number
    }

    private func previous() throws(OrionError) -> Int {
        let number = history.first { number in
            guard number < current.restartFrom, let generation = generations[number] else { return false }
            switch generation.ending?.state {
            case .rolledBack, .halted: return false
            case .complete, .superseded, nil: break
            }
            return isUnderWay || isHalted
                || specification.needsNewProcesses(comparedWith: generation.specification.value)
        }
        guard let number else {
            throw OrionError(
                .conflict,
                "\(name) has no earlier generation with other processes to go back to; name one of its history.")
        }
        return number
    }
}
