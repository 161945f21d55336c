import HashTreeCollections
import OrionCore

/// Applying a configuration.
extension Step {
    mutating func apply(_ apply: Request.Apply) throws(OrionError) -> ApplyResult {
        let plan = try ApplyPlan(apply, in: state)
        var warnings = apply.warnings
        if apply.isDryRun {
            var rehearsal = self
            rehearsal.carryOut(plan, apply)
            warnings += rehearsal.warnings(for: plan, apply)
            return ApplyResult(
                status: .planned, revision: state.cluster.revision, changes: plan.changes, warnings: warnings)
        }
        carryOut(plan, apply)
        warnings += self.warnings(for: plan, apply)
        return ApplyResult(
            status: .accepted, revision: state.cluster.revision, changes: plan.changes, warnings: warnings)
    }

    private mutating func carryOut(_ plan: ApplyPlan, _ apply: Request.Apply) {
        let owner = apply.config.metadata.name
        let isNew = storeDocument(apply.config)
        let isChanged = plan.changes.contains { $0.action != .unchanged && $0.action != .orphaned }
        if isNew || isChanged { state.cluster.revision += 1 }
        for entry in plan.entries { carryOut(entry, owner: owner) }
        for change in plan.others where change.action == .removed { beginRemoval(of: change.service) }
        declare(apply.config.spec.nodes, in: owner, isNew: isNew)
    }

    private mutating func carryOut(_ entry: ApplyPlan.Entry, owner: String) {
        let name = entry.specification.name
        if entry.changesOwner, let former = state.services[name]?.stored.config {
            updateService(name) { $0.stored.config = owner }
            forgetConfiguration(former)
        }
        guard entry.change.action == .created || entry.specification != state.services[name]?.specification else {
            return
        }
        let specification = SharedSpecification(entry.specification)
        if entry.change.action == .created {
            create(name, specification, owner: owner)
        } else {
            setSpecification(
                of: name, to: specification, fields: entry.change.fields.filter { $0 != "config" },
                replacing: entry.needsNewProcesses ? .changed : .nothing)
            note("\(name) is updated: \(entry.change.fields.joined(separator: ", ")).", service: name)
        }
    }

    /// Makes a service, or makes one under removal anew: its old replicas are stopped, the generations go on.
    private mutating func create(_ name: ServiceName, _ specification: SharedSpecification, owner: String) {
        let old = state.services[name]
        for id in old?.members.all ?? SortedTree() { stop(id) }
        let number = (old?.stored.generation ?? 0) + 1
        let generation = ServiceState.Generation(
            specification: specification, restartFrom: number, createdAt: moment.wall)
        var stored = StoredService(
            name: name, id: makeID(), config: owner, generation: number, createdAt: moment.wall)
        stored.firstGeneration = number
        var service = ServiceState(
            stored: stored, generations: state.services[name]?.generations ?? [:], current: generation)
        service.generations[number] = generation
        service.members = state.services[name]?.members ?? Members()
        service.prune()
        state.setService(name, service)
        touchedServices.insert(name)
        dirty.insert(name)
        note("\(name) is created.", service: name)
    }

    private func warnings(for plan: ApplyPlan, _ apply: Request.Apply) -> [ConfigurationIssue] {
        let stopFirst = plan.entries.compactMap { entry -> ConfigurationIssue? in
            guard entry.change.action == .updated else { return nil }
            return stopFirstWarning(for: entry.specification.name, at: ApplyPlan.path(entry.index))
        }
        return stopFirst + declarationWarnings(for: apply.config)
    }

    /// What to say where old replicas have to be stopped before new ones start.
    func stopFirstWarning(for name: ServiceName, at path: [PathComponent]) -> ConfigurationIssue? {
        guard let service = state.services[name], service.members.count(.outdated) > 0,
            state.nextNode(for: service.current.demand, among: nil) == nil, obstacle(to: service, among: nil) != nil
        else { return nil }
        let what = service.current.demand.ports.isEmpty ? "its resources" : "its fixed ports"
        return ConfigurationIssue(
            path: path,
            message: "no node has room for a new replica of \(name) beside the old ones, because of \(what): each old"
                + " replica is stopped before its successor starts")
    }
}
