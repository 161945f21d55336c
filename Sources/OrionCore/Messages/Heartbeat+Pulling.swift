extension Usage {
    init(pulling parser: inout JSONParser) throws(JSONDeclined) {
        guard case (let cpu?, let memory?) = try parser.pullAmounts() else { throw JSONDeclined() }
        self.init(cpu: cpu, memory: memory)
    }
}

extension JSONParser {
    private enum Field: Int, JSONField {
        case cpu, memory
        static let names: [StaticString] = ["cpu", "memory"]
    }

    /// `{cpu, memory}`, of which either may be left out.
    mutating func pullAmounts() throws(JSONDeclined) -> (cpu: Double?, memory: Double?) {
        var amounts: (cpu: Double?, memory: Double?)
        var members = PulledMembers<Field>()
        while let field = try members.next(&self) {
            switch field {
            case .cpu: amounts.cpu = try pullDouble()
            case .memory: amounts.memory = try pullDouble()
            }
        }
        return amounts
    }
}

extension Timestamp {
    init(pulling parser: inout JSONParser) throws(JSONDeclined) {
        self.init(milliseconds: Int64(try parser.pullInteger(in: -Self.maximumMagnitude...Self.maximumMagnitude)))
    }
}

extension Heartbeat {
    private enum Field: Int, JSONField {
        case digest, metrics, replicas, timestamp
        static let names: [StaticString] = ["digest", "metrics", "replicas", "timestamp"]
    }

    init(pulling parser: inout JSONParser) throws(JSONDeclined) {
        var timestamp: Timestamp?
        var metrics: Usage?
        var replicas: [ReplicaID: Usage]?
        var digest: String?
        var members = PulledMembers<Field>()
        while let field = try members.next(&parser) {
            switch field {
            case .digest: digest = try parser.pullText()
            case .metrics: metrics = try Usage(pulling: &parser)
            case .replicas:
                replicas = try parser.pullDictionary { (parser) throws(JSONDeclined) in
                    ReplicaID(rawValue: try parser.pullIdentifier())
                } value: { (parser) throws(JSONDeclined) in
                    try Usage(pulling: &parser)
                }
            case .timestamp: timestamp = try Timestamp(pulling: &parser)
            }
        }
        guard let timestamp, let metrics else { throw JSONDeclined() }
        self.init(timestamp: timestamp, metrics: metrics)
        self.replicas = replicas
        self.digest = digest
    }
}
