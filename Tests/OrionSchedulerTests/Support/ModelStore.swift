import OrionCore

/// What a store does with changes, in dictionaries.
struct ModelStore {
    var cluster: StoredCluster
    var configurations: [String: StoredConfiguration] = [:]
    var services: [ServiceName: StoredService] = [:]
    var generations: [ServiceName: [Int: StoredGeneration]] = [:]
    var nodes: [NodeID: StoredNode] = [:]
    var replicas: [ReplicaID: StoredReplica] = [:]

    var state: StoredState {
        var state = StoredState(cluster: cluster)
        state.configurations = Array(configurations.values)
        state.services = Array(services.values)
        state.generations = generations.values.flatMap(\.values)
        state.nodes = Array(nodes.values)
        state.replicas = Array(replicas.values)
        return state
    }

    mutating func commit(_ changes: [StateChange]) {
        for change in changes {
            switch change {
            case .cluster(let new): cluster = new
            case .configuration(let new): configurations[new.name] = new
            case .removeConfiguration(let name): configurations[name] = nil
            case .service(let new): services[new.name] = new
            case .removeService(let name):
                services[name] = nil
                generations[name] = nil
            case .generation(let new): generations[new.service, default: [:]][new.generation] = new
            case .removeGeneration(let name, let number): generations[name]?[number] = nil
            case .node(let new): nodes[new.id] = new
            case .removeNode(let id): nodes[id] = nil
            case .replica(let new): replicas[new.id] = new
            case .removeReplica(let id): replicas[id] = nil
            }
        }
    }
}
