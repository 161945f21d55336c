extension Hello {
    private enum Field: Int, JSONField {
        case address, agentVersion, capacity, instanceId, labels, name, nodeId, version, replicas, token
        static let names: [StaticString] = [
            "address", "agentVersion", "capacity", "instanceId", "labels", "name", "nodeId", "protocol", "replicas",
            "token",
        ]
    }

    init(pulling parser: inout JSONParser) throws(JSONDeclined) {
        var nodeId: String?
        var name: String?
        var address: String?
        var rest = Hello(nodeId: "", name: "", address: "")
        var members = PulledMembers<Field>()
        while let field = try members.next(&parser) {
            switch field {
            case .address: address = try parser.pullNodeText()
            case .agentVersion: rest.agentVersion = try parser.pullText()
            case .capacity:
                let amounts = try parser.pullAmounts()
                rest.capacity = Capacity(cpu: amounts.cpu, memory: amounts.memory)
            case .instanceId: rest.instanceId = try parser.pullText()
            case .labels:
                rest.labels = try parser.pullDictionary { (parser) throws(JSONDeclined) in
                    try parser.pullText()
                } value: { (parser) throws(JSONDeclined) in
                    try parser.pullText()
                }
            case .name: name = try parser.pullNodeText()
            case .nodeId: nodeId = try parser.pullIdentifier()
            case .version: rest.protocol = try parser.pullInteger(in: 0...Int(Int32.max))
            case .replicas:
                rest.replicas = try parser.pullArray { (parser) throws(JSONDeclined) in
                    try ReplicaStatus(pulling: &parser)
                }
            case .token: rest.token = try parser.pullText()
            }
        }
        guard let nodeId, let name, let address else { throw JSONDeclined() }
        self = rest
        self.nodeId = NodeID(rawValue: nodeId)
        self.name = name
        self.address = address
    }
}

extension JSONParser {
    /// What is shown of a node.
    fileprivate mutating func pullNodeText() throws(JSONDeclined) -> String {
        let text = try pullText()
        guard text.isNodeText else { throw JSONDeclined() }
        return text
    }
}
