extension StoredReplica.Intent: JSONReadable {}

extension StoredCluster: JSONReadable {
    /// Reads the id and the counters.
    public static func read(_ value: JSONValue, by reader: JSONReader) -> StoredCluster? {
        var cluster: StoredCluster?
        let isObject = reader.members(of: value) { fields in
            guard let clusterId = fields.required("clusterId", String.self) else { return }
            var result = StoredCluster(clusterId: clusterId)
            fields.read("revision", into: &result.revision)
            fields.read("lastFence", into: &result.lastFence)
            fields.read("cursor", into: &result.cursor)
            cluster = result
        }
        return isObject ? cluster : nil
    }
}

extension StoredService: JSONReadable {
    /// Reads a service's desired state.
    public static func read(_ value: JSONValue, by reader: JSONReader) -> StoredService? {
        var service: StoredService?
        let isObject = reader.members(of: value) { fields in
            let name = fields.required("name", ServiceName.self)
            let id = fields.required("id", String.self)
            let config = fields.required("config", String.self)
            let generation = fields.required("generation", Int.self)
            let createdAt = fields.required("createdAt", Timestamp.self)
            guard let name, let id, let config, let generation, let createdAt else { return }
            var result = StoredService(
                name: name, id: id, config: config, generation: generation, createdAt: createdAt)
            fields.read("firstGeneration", into: &result.firstGeneration)
            fields.read("observedGeneration", into: &result.observedGeneration)
            fields.read("provenGeneration", into: &result.provenGeneration)
            fields.read("isRemoving", into: &result.isRemoving)
            fields.read("updatedAt", into: &result.updatedAt)
            service = result
        }
        return isObject ? service : nil
    }
}

extension StoredNode: JSONReadable {
    /// Reads a machine.
    public static func read(_ value: JSONValue, by reader: JSONReader) -> StoredNode? {
        var node: StoredNode?
        let isObject = reader.members(of: value) { fields in
            let id = fields.required("id", NodeID.self)
            let name = fields.required("name", String.self)
            let address = fields.required("address", String.self)
            guard let id, let name, let address else { return }
            var result = StoredNode(id: id, name: name, address: address)
            fields.read("labels", into: &result.labels)
            fields.read("capacity", into: &result.capacity)
            fields.read("isSchedulable", into: &result.isSchedulable)
            fields.read("isDraining", into: &result.isDraining)
            fields.read("agentVersion", into: &result.agentVersion)
            fields.read("protocol", into: &result.protocol)
            fields.read("declaredBy", into: &result.declaredBy)
            node = result
        }
        return isObject ? node : nil
    }
}

extension StoredReplica: JSONReadable {
    /// Reads a placement.
    public static func read(_ value: JSONValue, by reader: JSONReader) -> StoredReplica? {
        var replica: StoredReplica?
        let isObject = reader.members(of: value) { fields in
            let id = fields.required("id", ReplicaID.self)
            let service = fields.required("service", ServiceName.self)
            let node = fields.required("node", NodeID.self)
            let generation = fields.required("generation", Int.self)
            let fence = fields.required("fence", Fence.self)
            let createdAt = fields.required("createdAt", Timestamp.self)
            guard let id, let service, let node, let generation, let fence, let createdAt else { return }
            var result = StoredReplica(
                id: id, service: service, node: node, generation: generation, fence: fence, createdAt: createdAt)
            fields.read("intent", into: &result.intent)
            fields.read("state", into: &result.state)
            fields.read("isKnown", into: &result.isKnown)
            fields.read("restarts", into: &result.restarts)
            fields.read("startedAt", into: &result.startedAt)
            fields.read("ports", into: &result.ports)
            fields.read("exitCode", into: &result.exitCode)
            fields.read("signal", into: &result.signal)
            fields.read("message", into: &result.message)
            fields.read("replaces", into: &result.replaces)
            replica = result
        }
        return isObject ? replica : nil
    }
}
