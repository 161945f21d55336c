extension Hello: JSONReadable {
    /// Reads the payload of a `hello`. An entry of `replicas` with a state that this version does not know is left out.
    public static func read(_ value: JSONValue, by reader: JSONReader) -> Hello? {
        var hello: Hello?
        let isObject = reader.members(of: value) { fields in
            let nodeId = fields.required("nodeId", NodeID.self)
            let name = fields.required("name", NodeText.self)
            let address = fields.required("address", NodeText.self)
            var result = Hello(nodeId: nodeId ?? "", name: name?.text ?? "", address: address?.text ?? "")
            fields.read("labels", into: &result.labels)
            fields.read("protocol", into: &result.protocol)
            fields.read("instanceId", into: &result.instanceId)
            fields.read("token", into: &result.token)
            fields.read("capacity", into: &result.capacity)
            fields.read("agentVersion", into: &result.agentVersion)
            fields.with("replicas") { result.replicas = replicas($0, by: reader) }
            hello = result
        }
        return isObject ? hello : nil
    }

    private static func replicas(_ value: JSONValue, by reader: JSONReader) -> [ReplicaStatus]? {
        guard case .array(let values) = value else { return reader.refuse("must be an array, not \(value.shown)") }
        var statuses: [ReplicaStatus] = []
        statuses.reserveCapacity(values.count)
        for (index, value) in values.enumerated() where !ReplicaStatus.hasUnknownState(value) {
            reader.within(.index(index)) {
                if let status = ReplicaStatus.read(value, by: reader) { statuses.append(status) }
            }
        }
        return statuses
    }
}

extension String {
    /// Whether it can be shown of a node: on one line, so that no name can write over a table.
    var isNodeText: Bool { utf8.count <= 256 && !hasControlCharacters }
}

/// What is shown of a node as its agent says it.
private struct NodeText: JSONReadable {
    let text: String

    static func read(_ value: JSONValue, by reader: JSONReader) -> NodeText? {
        guard let text = String.read(value, by: reader) else { return nil }
        guard text.isNodeText else {
            return reader.refuse(
                "must be at most 256 bytes without control characters, not \(JSONValue.shown(text))")
        }
        return NodeText(text: text)
    }
}
