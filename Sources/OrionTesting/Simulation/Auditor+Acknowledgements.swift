import OrionCore

/// What was acknowledged is durable, and stays.
extension Auditor {
    /// Someone asks for a change.
    mutating func asked(_ changes: [ServiceName: Workload.Change], _ number: Int) {
        for (name, change) in changes {
            if case .removed = change { lastRemoval[name] = number } else { lastApply[name] = number }
        }
    }

    /// A change was acknowledged: it must be on disk by now.
    mutating func acknowledged(_ changes: [ServiceName: Workload.Change], _ number: Int, _ result: ApplyResult)
        -> String?
    {
        highestRevision = max(highestRevision, result.revision)
        for change in result.changes {
            guard let wanted = changes[change.service], number > acknowledged[change.service]?.number ?? 0 else {
                continue
            }
            acknowledged[change.service] = Acknowledgement(
                number: number, change: wanted, generation: change.generation)
        }
        return forgotten()
    }

    /// What a control plane finds when it starts.
    mutating func loaded(_ stored: StoredState) -> String? {
        controlPlaneStarted()
        return forgotten()
    }

    private mutating func forgotten() -> String? {
        if cluster.revision < highestRevision {
            return "revision \(highestRevision) was acknowledged, \(cluster.revision) is stored"
        }
        for name in acknowledged.keys.sorted() {
            guard let acknowledgement = acknowledged[name] else { continue }
            if let problem = forgotten(name, acknowledgement) { return problem }
        }
        return nil
    }

    private mutating func forgotten(_ name: ServiceName, _ acknowledgement: Acknowledgement) -> String? {
        let service = services[name]
        guard acknowledgement.change != .removed else {
            if lastApply[name, default: 0] > acknowledgement.number || service?.isRemoving ?? true { return nil }
            return "the removal of \(name) was acknowledged, and it is wanted"
        }
        if lastRemoval[name, default: 0] > acknowledgement.number { return nil }
        let generation = acknowledgement.generation
        guard let service, !service.isRemoving, service.generation >= generation else {
            return "generation \(generation) of \(name) was acknowledged, and is not stored"
        }
        guard let specification = specification(of: name, generation) else {
            return service.generation == generation ? "\(name) has no generation \(generation)" : nil
        }
        return acknowledgement.change.isMet(by: specification)
            ? nil : "generation \(generation) of \(name) is not what was acknowledged"
    }
}
