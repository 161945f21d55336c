extension NodeRecord.Status: JSONReadable {}

extension NodeRecord: JSONReadable {
    /// Reads a node's record; what is beyond the base fields has defaults.
    public static func read(_ value: JSONValue, by reader: JSONReader) -> NodeRecord? {
        var record: NodeRecord?
        let isObject = reader.members(of: value) { fields in
            let id = fields.required("id", NodeID.self)
            let name = fields.required("name", String.self)
            let address = fields.required("address", String.self)
            let status = fields.required("status", Status.self)
            guard let id, let name, let address, let status else { return }
            var result = NodeRecord(
                id: id, name: name, address: address, labels: [:], capacity: Capacity(), status: status,
                schedulable: true, draining: false, connected: status == .ready, allocated: Capacity(), replicas: 0)
            fields.read("labels", into: &result.labels)
            fields.read("capacity", into: &result.capacity)
            fields.read("lastHeartbeat", into: &result.lastHeartbeat)
            fields.read("schedulable", into: &result.schedulable)
            fields.read("draining", into: &result.draining)
            fields.read("connected", into: &result.connected)
            fields.read("metrics", into: &result.metrics)
            fields.read("allocated", into: &result.allocated)
            fields.read("replicas", into: &result.replicas)
            fields.read("agentVersion", into: &result.agentVersion)
            fields.read("remaining", into: &result.remaining)
            record = result
        }
        return isObject ? record : nil
    }
}

extension NodeRecord.Remainder: JSONReadable {
    /// Reads what is left of a service.
    public static func read(_ value: JSONValue, by reader: JSONReader) -> NodeRecord.Remainder? {
        var remainder: NodeRecord.Remainder?
        let isObject = reader.members(of: value) { fields in
            let service = fields.required("service", ServiceName.self)
            let replicas = fields.required("replicas", Int.self)
            guard let service, let replicas else { return }
            var result = NodeRecord.Remainder(service: service, replicas: replicas)
            fields.read("message", into: &result.message)
            remainder = result
        }
        return isObject ? remainder : nil
    }
}
