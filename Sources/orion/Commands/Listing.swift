import OrionClient
import OrionCore

/// What `orion get` was asked for, and how it is fetched.
struct Listing {
    let client: OrionClient
    let kind: ResourceKind
    let names: [String]

    /// As a table.
    func table(isWide: Bool) async throws -> Table {
        switch kind {
        case .services:
            return Table(services: try await services(names), now: WallClock.now, isWide: isWide)
        case .nodes:
            var nodes: [NodeRecord] = names.isEmpty ? try await client.nodes() : []
            for name in names { nodes.append(try await client.node(name)) }
            return Table(nodes: nodes, now: WallClock.now, isWide: isWide)
        case .replicas:
            let selected = try select(in: try await client.services())
            return Table(replicasOf: selected, now: WallClock.now, isWide: isWide)
        }
    }

    /// As the server answers: a list of `items`, or the one record that was named.
    func value() async throws -> JSONValue {
        switch kind {
        case .services, .nodes:
            guard !names.isEmpty else { return try await client.value(at: ["api", kind.rawValue]) }
            var items: [JSONValue] = []
            for name in names { items.append(try await client.value(at: ["api", kind.rawValue, name])) }
            return items.count == 1 ? items[0] : .object(["items": .array(items)])
        case .replicas:
            let replicas = ReplicaDocument.replicas(in: try await client.value(at: ["api", "services"]))
            let selected = names.isEmpty ? replicas : try names.flatMap { try select($0, in: replicas) }
            return .object(["items": .array(selected.map(\.value))])
        }
    }

    private func services(_ names: [String]) async throws -> [ServiceRecord] {
        guard !names.isEmpty else { return try await client.services() }
        var services: [ServiceRecord] = []
        for name in names { services.append(try await client.service(ServiceName(rawValue: name))) }
        return services
    }

    /// The services named, and of those that hold a replica named only that one.
    private func select(in services: [ServiceRecord]) throws -> [ServiceRecord] {
        guard !names.isEmpty else { return services }
        return try names.map { name in
            if let service = services.first(where: { $0.specification.value.name.rawValue == name }) { return service }
            for var service in services {
                service.status.instances.removeAll { $0.replicaId?.rawValue != name }
                if !service.status.instances.isEmpty { return service }
            }
            throw missing(name)
        }
    }

    private func select(_ name: String, in replicas: [ReplicaDocument]) throws -> [ReplicaDocument] {
        let found = replicas.filter { $0.service == name || $0.id == name }
        if found.isEmpty { throw missing(name) }
        return found
    }

    private func missing(_ name: String) -> Failure {
        Failure("there is no service and no replica '\(name)': see 'orion get replicas'")
    }
}
