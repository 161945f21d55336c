extension Usage: JSONReadable {
    /// Reads `{cpu, memory}`.
    public static func read(_ value: JSONValue, by reader: JSONReader) -> Usage? {
        var usage: Usage?
        let isObject = reader.members(of: value) { fields in
            guard let cpu = fields.required("cpu", Double.self), let memory = fields.required("memory", Double.self)
            else { return }
            usage = Usage(cpu: cpu, memory: memory)
        }
        return isObject ? usage : nil
    }
}

extension Heartbeat: JSONReadable {
    /// Reads the payload of a `heartbeat`.
    public static func read(_ value: JSONValue, by reader: JSONReader) -> Heartbeat? {
        var heartbeat: Heartbeat?
        let isObject = reader.members(of: value) { fields in
            let timestamp = fields.required("timestamp", Timestamp.self)
            let metrics = fields.required("metrics", Usage.self)
            guard let timestamp, let metrics else { return }
            var result = Heartbeat(timestamp: timestamp, metrics: metrics)
            fields.read("replicas", into: &result.replicas)
            fields.read("digest", into: &result.digest)
            heartbeat = result
        }
        return isObject ? heartbeat : nil
    }
}
