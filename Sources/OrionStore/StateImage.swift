package import OrionCore

/// All records by their keys: what the changes of every commit add up to.
///
/// The memory store is one, and the conformance suite compares every other store with one.
package struct StateImage: Sendable {
    private struct GenerationKey: Hashable {
        let service: ServiceName
        let generation: Int
    }

    private var cluster: StoredCluster
    private var configurations: [String: StoredConfiguration] = [:]
    private var services: [ServiceName: StoredService] = [:]
    private var generations: [GenerationKey: StoredGeneration] = [:]
    private var nodes: [NodeID: StoredNode] = [:]
    private var replicas: [ReplicaID: StoredReplica] = [:]

    /// The image of a new store.
    package init(clusterId: String) { cluster = StoredCluster(clusterId: clusterId) }

    /// The image of a store that holds nothing but this.
    package init(cluster: StoredCluster) { self.cluster = cluster }

    /// The records, sorted by their keys.
    package var state: StoredState {
        var state = StoredState(cluster: cluster)
        state.configurations = configurations.values.sorted { $0.name < $1.name }
        state.services = services.values.sorted { $0.name < $1.name }
        state.generations = generations.values.sorted {
            ($0.service, $0.generation) < ($1.service, $1.generation)
        }
        state.nodes = nodes.values.sorted { $0.id < $1.id }
        state.replicas = replicas.values.sorted { $0.id < $1.id }
        return state
    }

    /// Takes changes in, in order. Removing a service costs O(generations of all services).
    package mutating func apply(_ changes: [StateChange]) {
        for change in changes { apply(change) }
    }

    private mutating func apply(_ change: StateChange) {
        switch change {
        case .cluster(let record): cluster = record
        case .configuration(let record): configurations[record.name] = record
        case .removeConfiguration(let name): configurations[name] = nil
        case .service(let record): services[record.name] = record
        case .removeService(let name):
            services[name] = nil
            generations = generations.filter { $0.key.service != name }
        case .generation(let record):
            generations[GenerationKey(service: record.service, generation: record.generation)] = record
        case .removeGeneration(let name, let generation):
            generations[GenerationKey(service: name, generation: generation)] = nil
        case .node(let record): nodes[record.id] = record
        case .removeNode(let id): nodes[id] = nil
        case .replica(let record): replicas[record.id] = record
        case .removeReplica(let id): replicas[id] = nil
        }
    }
}
