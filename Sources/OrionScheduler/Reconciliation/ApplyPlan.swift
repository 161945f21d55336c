import HashTreeCollections
import OrionCore

/// What an applied document means for the services there are: worked out before anything changes, so that a dry run and a
/// refusal change nothing.
struct ApplyPlan {
    /// What happens to one service of the document.
    struct Entry {
        var index: Int
        var specification: ServiceSpecification
        var change: ServiceChange
        var needsNewProcesses = false
        /// Whether it belongs to this document from now on.
        var changesOwner = false
    }

    var entries: [Entry] = []
    /// What happens to services that the document does not name.
    var others: [ServiceChange] = []

    init(_ apply: Request.Apply, in state: ClusterState) throws(OrionError) {
        let config = apply.config
        try Self.checkDependencies(of: apply, in: state)
        var conflicts: [ConfigurationIssue] = []
        for (index, specification) in config.spec.services.enumerated() {
            let stored = state.services[specification.name]
            if let stored, !stored.stored.isRemoving, stored.stored.config != config.metadata.name, !apply.takesOver {
                conflicts.append(
                    ConfigurationIssue(
                        path: Self.path(index),
                        message:
                            "\(specification.name) belongs to the configuration \(stored.stored.config): rename it, or"
                            + " take it over on purpose"))
                continue
            }
            entries.append(Self.entry(index, specification, stored, owner: config.metadata.name))
        }
        guard conflicts.isEmpty else {
            throw OrionError(.conflict, "Some services belong to another configuration.", issues: conflicts)
        }
        let named = Set(config.spec.services.map(\.name))
        for name in state.serviceNamesByConfiguration[config.metadata.name] ?? SortedTree() where !named.contains(name)
        {
            guard let service = state.services[name], !service.stored.isRemoving else { continue }
            others.append(
                ServiceChange(
                    service: name, action: apply.prunes ? .removed : .orphaned,
                    generation: service.stored.generation))
        }
    }

    /// Every change, sorted by name.
    var changes: [ServiceChange] {
        (entries.map(\.change) + others).sorted { $0.service < $1.service }
    }

    static func path(_ index: Int) -> [PathComponent] { [.key("spec"), .key("services"), .index(index)] }

    private static func entry(
        _ index: Int, _ specification: ServiceSpecification, _ stored: ServiceState?, owner: String
    ) -> Entry {
        let name = specification.name
        guard let stored, !stored.stored.isRemoving else {
            let generation = (stored?.stored.generation ?? 0) + 1
            return Entry(
                index: index, specification: specification,
                change: ServiceChange(service: name, action: .created, generation: generation),
                needsNewProcesses: true)
        }
        let changesOwner = stored.stored.config != owner
        guard specification != stored.specification else {
            let change = ServiceChange(
                service: name, action: changesOwner ? .updated : .unchanged, generation: stored.stored.generation,
                fields: changesOwner ? ["config"] : [])
            return Entry(index: index, specification: specification, change: change, changesOwner: changesOwner)
        }
        let fields = SpecificationDifference.fields(from: stored.specification, to: specification)
        return Entry(
            index: index, specification: specification,
            change: ServiceChange(
                service: name, action: .updated, generation: stored.stored.generation + 1,
                fields: fields + (changesOwner ? ["config"] : [])),
            needsNewProcesses: specification.needsNewProcesses(comparedWith: stored.specification),
            changesOwner: changesOwner)
    }

    /// A dependency must be in the document or stored, and none may lead back to its service.
    private static func checkDependencies(of apply: Request.Apply, in state: ClusterState) throws(OrionError) {
        let services = apply.config.spec.services
        let documented = Dictionary(services.map { ($0.name, $0.dependencies) }) { first, _ in first }
        // Circles within the document are refused when it is read: only what leaves it can lead back to it.
        let leaving = services.filter { $0.dependencies.contains { documented[$0] == nil } }.map(\.name)
        let circles = DependencyCircles(from: leaving) { name in
            documented[name] ?? state.services[name]?.specification.dependencies ?? []
        }
        var issues: [ConfigurationIssue] = []
        for (index, service) in services.enumerated() {
            for (position, dependency) in service.dependencies.enumerated() {
                let place = path(index) + [.key("dependencies"), .index(position)]
                if documented[dependency] != nil { continue }
                guard let stored = state.services[dependency], !stored.stored.isRemoving else {
                    issues.append(
                        ConfigurationIssue(
                            path: place,
                            message:
                                "there is no service \(dependency), neither in this document nor stored: add it, or"
                                + " take it out"))
                    continue
                }
                if apply.prunes, stored.stored.config == apply.config.metadata.name {
                    issues.append(
                        ConfigurationIssue(
                            path: place,
                            message:
                                "\(dependency) would be removed, since this document does not name it: add it, or take"
                                + " it out here"))
                    continue
                }
                if circles.join(dependency, service.name) {
                    issues.append(
                        ConfigurationIssue(
                            path: place,
                            message: "\(dependency) depends on \(service.name) in turn: neither could ever start first")
                    )
                }
            }
        }
        guard issues.isEmpty else {
            let message = issues.count == 1 ? issues[0].message : "\(issues.count) dependencies cannot be met."
            throw OrionError(.invalid, message, issues: issues)
        }
    }
}
