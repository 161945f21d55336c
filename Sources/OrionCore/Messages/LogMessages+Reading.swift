extension LogRequest: JSONReadable {
    /// Reads the payload of a `logs`.
    public static func read(_ value: JSONValue, by reader: JSONReader) -> LogRequest? {
        var request: LogRequest?
        let isObject = reader.members(of: value) { fields in
            guard let id = fields.required("id", String.self) else { return }
            var result = LogRequest(id: id)
            fields.read("replicaId", into: &result.replicaId)
            fields.read("stream", into: &result.stream)
            fields.read("offset", into: &result.offset)
            fields.read("tailLines", into: &result.tailLines)
            fields.read("follow", into: &result.follow)
            fields.read("credit", into: &result.credit)
            fields.read("cancel", into: &result.cancel)
            request = result
        }
        return isObject ? request : nil
    }
}

extension LogChunk: JSONReadable {
    /// Reads the payload of a `log`.
    public static func read(_ value: JSONValue, by reader: JSONReader) -> LogChunk? {
        var chunk: LogChunk?
        let isObject = reader.members(of: value) { fields in
            let id = fields.required("id", String.self)
            let replicaId = fields.required("replicaId", ReplicaID.self)
            let stream = fields.required("stream", LogStream.self)
            let offset = fields.required("offset", Int64.self)
            guard let id, let replicaId, let stream, let offset else { return }
            var result = LogChunk(id: id, replicaId: replicaId, stream: stream, offset: offset)
            fields.read("length", into: &result.length)
            fields.read("data", into: &result.data)
            fields.read("skipped", into: &result.skipped)
            fields.read("end", into: &result.end)
            fields.read("error", into: &result.error)
            chunk = result
        }
        return isObject ? chunk : nil
    }
}
