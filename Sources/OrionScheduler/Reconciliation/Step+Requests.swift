import HashTreeCollections
import OrionCore

/// What people ask for.
extension Step {
    mutating func answer(to request: Request) -> Answer {
        do {
            switch request {
            case .apply(let apply): return .applied(try self.apply(apply))
            case .remove(let name): return .applied(try remove(name))
            case .scale(let name, let replicas): return .applied(try scale(name, to: replicas))
            case .restart(let name): return .applied(try restart(name))
            case .rollBack(let name, let generation): return .applied(try rollBack(name, to: generation))
            case .cordon(let node): return .node(try setNode(node) { $0.isSchedulable = false })
            case .drain(let node):
                return .node(
                    try setNode(node) { node in
                        node.isSchedulable = false
                        node.isDraining = true
                    })
            case .uncordon(let node):
                return .node(
                    try setNode(node) { node in
                        node.isSchedulable = true
                        node.isDraining = false
                    })
            case .forget(let node): return .forgotten(try forget(node))
            }
        } catch {
            return .refused(error)
        }
    }

    private func service(_ name: ServiceName) throws(OrionError) -> ServiceState {
        guard let service = state.services[name], !service.isVanished else {
            throw OrionError(.notFound, "There is no service \(name).")
        }
        return service
    }

    private func serviceToChange(_ name: ServiceName) throws(OrionError) -> ServiceState {
        let service = try service(name)
        guard !service.stored.isRemoving else {
            throw OrionError(.conflict, "The service \(name) is being removed: apply it to create it anew.")
        }
        return service
    }

    private mutating func scale(_ name: ServiceName, to replicas: Int) throws(OrionError) -> ApplyResult {
        let service = try serviceToChange(name)
        guard ServiceSpecification.replicaCounts.contains(replicas) else {
            let limit = ServiceSpecification.replicaCounts.upperBound
            let message = "replicas must be 0 to \(limit), not \(replicas)"
            throw OrionError(
                .invalid, message, issues: [ConfigurationIssue(path: [.key("replicas")], message: message)])
        }
        guard replicas != service.specification.replicas else {
            return result([ServiceChange(service: name, action: .unchanged, generation: service.stored.generation)])
        }
        var specification = service.specification
        specification.replicas = replicas
        state.cluster.revision += 1
        setSpecification(of: name, to: SharedSpecification(specification), fields: ["replicas"], replacing: .nothing)
        note("\(name) is scaled from \(service.specification.replicas) to \(replicas).", service: name)
        return result([
            ServiceChange(
                service: name, action: .updated, generation: service.stored.generation + 1, fields: ["replicas"])
        ])
    }

    private mutating func restart(_ name: ServiceName) throws(OrionError) -> ApplyResult {
        let service = try serviceToChange(name)
        state.cluster.revision += 1
        setSpecification(of: name, to: service.current.specification, fields: [], replacing: .everything)
        note("\(name) is restarted, replica by replica.", service: name)
        let change = ServiceChange(service: name, action: .updated, generation: service.stored.generation + 1)
        return result([change], warnings: [stopFirstWarning(for: name, at: [])].compactMap { $0 })
    }

    private mutating func rollBack(_ name: ServiceName, to generation: Int?) throws(OrionError) -> ApplyResult {
        let service = try serviceToChange(name)
        let target = try service.target(ofRollbackTo: generation)
        let isOpen = (service.isUnderWay || service.isHalted) && target < service.current.restartFrom
        guard target != service.stored.generation, isOpen || service.differs(from: target) else {
            return result([ServiceChange(service: name, action: .unchanged, generation: service.stored.generation)])
        }
        state.cluster.revision += 1
        var undone: Int?
        if isOpen { undone = service.stored.generation }
        if isOpen, service.isUnderWay {
            let evidence = evidence(of: service)
            updateService(name) { service in
                service.end(RolloutEnding(.rolledBack, reason: "someone undid it", evidence: evidence))
            }
        }
        let change = bringBack(target, of: name, undoing: undone)
        note("\(name) is rolled back to generation \(target), as generation \(change.generation).", service: name)
        return result([change], warnings: [stopFirstWarning(for: name, at: [])].compactMap { $0 })
    }

    private mutating func remove(_ name: ServiceName) throws(OrionError) -> ApplyResult {
        let service = try service(name)
        if !service.stored.isRemoving {
            state.cluster.revision += 1
            beginRemoval(of: name)
        }
        return result([ServiceChange(service: name, action: .removed, generation: service.stored.generation)])
    }

    mutating func beginRemoval(of name: ServiceName) {
        let now = moment.wall
        updateService(name) { service in
            service.stored.isRemoving = true
            service.stored.updatedAt = now
        }
        state.waiting.remove(name)
        note("\(name) is being removed.", service: name)
    }

    private func result(_ changes: [ServiceChange], warnings: [ConfigurationIssue] = []) -> ApplyResult {
        ApplyResult(status: .accepted, revision: state.cluster.revision, changes: changes, warnings: warnings)
    }
}
