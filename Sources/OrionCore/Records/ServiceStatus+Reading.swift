extension ServiceStatus.Summary: JSONReadable {}
extension ServiceStatus.Rollout.State: JSONReadable {}

extension ServiceStatus: JSONReadable {
    /// Reads the status's members of a service's record.
    public static func read(_ value: JSONValue, by reader: JSONReader) -> ServiceStatus? {
        var status: ServiceStatus?
        let isObject = reader.members(of: value) { fields in
            let id = fields.required("id", String.self)
            let summary = fields.required("status", Summary.self)
            let createdAt = fields.required("createdAt", Timestamp.self)
            let updatedAt = fields.required("updatedAt", Timestamp.self)
            var config = "default"
            fields.read("config", into: &config)
            var generation = 1
            fields.read("generation", into: &generation)
            var observedGeneration = 0
            fields.read("observedGeneration", into: &observedGeneration)
            var observed = Observed()
            fields.read("observed", into: &observed)
            var rollout = Rollout(generation: generation, state: .complete, updated: 0, available: 0)
            fields.read("rollout", into: &rollout)
            var instances: [ReplicaRecord] = []
            fields.read("instances", into: &instances)
            guard let id, let summary, let createdAt, let updatedAt else { return }
            status = ServiceStatus(
                id: id, status: summary, createdAt: createdAt, updatedAt: updatedAt, config: config,
                generation: generation, observedGeneration: observedGeneration, observed: observed, rollout: rollout,
                instances: instances)
        }
        return isObject ? status : nil
    }
}

extension ServiceStatus.Observed: JSONReadable {
    /// Reads the counts.
    public static func read(_ value: JSONValue, by reader: JSONReader) -> ServiceStatus.Observed? {
        var observed = ServiceStatus.Observed()
        let isObject = reader.members(of: value) { fields in
            fields.read("desired", into: &observed.desired)
            fields.read("running", into: &observed.running)
            fields.read("ready", into: &observed.ready)
            fields.read("pending", into: &observed.pending)
            fields.read("failed", into: &observed.failed)
        }
        return isObject ? observed : nil
    }
}

extension ServiceStatus.Rollout: JSONReadable {
    /// Reads how far a generation is.
    public static func read(_ value: JSONValue, by reader: JSONReader) -> ServiceStatus.Rollout? {
        var rollout: ServiceStatus.Rollout?
        let isObject = reader.members(of: value) { fields in
            let generation = fields.required("generation", Int.self)
            let state = fields.required("state", State.self)
            guard let generation, let state else { return }
            var result = ServiceStatus.Rollout(generation: generation, state: state, updated: 0, available: 0)
            fields.read("updated", into: &result.updated)
            fields.read("available", into: &result.available)
            fields.read("reason", into: &result.reason)
            fields.read("evidence", into: &result.evidence)
            rollout = result
        }
        return isObject ? rollout : nil
    }
}

extension ReplicaRecord: JSONReadable {
    /// Reads a replica's record.
    public static func read(_ value: JSONValue, by reader: JSONReader) -> ReplicaRecord? {
        var record: ReplicaRecord?
        let isObject = reader.members(of: value) { fields in
            guard let state = fields.required("state", ReplicaPhase.self) else { return }
            var result = ReplicaRecord(state: state)
            fields.read("replicaId", into: &result.replicaId)
            fields.read("nodeId", into: &result.nodeId)
            fields.read("node", into: &result.node)
            fields.read("address", into: &result.address)
            fields.read("generation", into: &result.generation)
            fields.read("restarts", into: &result.restarts)
            fields.read("startedAt", into: &result.startedAt)
            fields.read("ports", into: &result.ports)
            fields.read("exitCode", into: &result.exitCode)
            fields.read("signal", into: &result.signal)
            fields.read("message", into: &result.message)
            fields.read("lastLines", into: &result.lastLines)
            fields.read("replaces", into: &result.replaces)
            fields.read("metrics", into: &result.metrics)
            record = result
        }
        return isObject ? record : nil
    }
}
