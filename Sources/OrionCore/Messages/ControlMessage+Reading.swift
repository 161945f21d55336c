extension Welcome: JSONReadable {
    /// Reads the payload of a `welcome`.
    public static func read(_ value: JSONValue, by reader: JSONReader) -> Welcome? {
        var welcome: Welcome?
        let isObject = reader.members(of: value) { fields in
            let nodeId = fields.required("nodeId", NodeID.self)
            let clusterId = fields.required("clusterId", String.self)
            let interval = fields.required("heartbeatIntervalSeconds", Double.self)
            let timeout = fields.required("heartbeatTimeoutSeconds", Double.self)
            var version = 1
            fields.read("protocol", into: &version)
            guard let nodeId, let clusterId, let interval, let timeout else { return }
            welcome = Welcome(
                nodeId: nodeId, protocol: version, clusterId: clusterId, heartbeatIntervalSeconds: interval,
                heartbeatTimeoutSeconds: timeout)
        }
        return isObject ? welcome : nil
    }
}

extension Launch: JSONReadable {
    /// Reads the payload of a `launch`.
    public static func read(_ value: JSONValue, by reader: JSONReader) -> Launch? {
        var launch: Launch?
        let isObject = reader.members(of: value) { fields in
            let service = fields.required("service", ServiceSpecification.self)
            let replicaId = fields.required("replicaId", ReplicaID.self)
            let generation = fields.count("generation")
            var fence: Fence?
            fields.read("fence", into: &fence)
            guard let service, let replicaId else { return }
            launch = Launch(
                service: SharedSpecification(service), replicaId: replicaId, generation: generation, fence: fence)
        }
        return isObject ? launch : nil
    }
}

extension Stop: JSONReadable {
    /// Reads the payload of a `stop`.
    public static func read(_ value: JSONValue, by reader: JSONReader) -> Stop? {
        var stop: Stop?
        let isObject = reader.members(of: value) { fields in
            let serviceName = fields.required("serviceName", ServiceName.self)
            let replicaId = fields.required("replicaId", ReplicaID.self)
            var gracePeriodSeconds: Double?
            fields.read("gracePeriodSeconds", into: &gracePeriodSeconds)
            guard let serviceName, let replicaId else { return }
            stop = Stop(serviceName: serviceName, replicaId: replicaId, gracePeriodSeconds: gracePeriodSeconds)
        }
        return isObject ? stop : nil
    }
}

extension Update: JSONReadable {
    /// Reads the payload of an `update`.
    public static func read(_ value: JSONValue, by reader: JSONReader) -> Update? {
        var update: Update?
        let isObject = reader.members(of: value) { fields in
            let serviceName = fields.required("serviceName", ServiceName.self)
            let config = fields.required("config", ServiceSpecification.self)
            let generation = fields.count("generation")
            guard let serviceName, let config else { return }
            update = Update(serviceName: serviceName, config: SharedSpecification(config), generation: generation)
        }
        return isObject ? update : nil
    }
}
