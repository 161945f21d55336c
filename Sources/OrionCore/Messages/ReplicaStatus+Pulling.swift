extension ReplicaPhase {
    private enum Name: Int, JSONField {
        case pending, starting, running, ready, unhealthy, backoff, stopping, stopped, succeeded, failed, lost
        static let names: [StaticString] = [
            "pending", "starting", "running", "ready", "unhealthy", "backoff", "stopping", "stopped", "succeeded",
            "failed", "lost",
        ]
    }

    fileprivate init(pulling parser: inout JSONParser) throws(JSONDeclined) {
        // In the order of the cases, which a test holds it to.
        self = Self.allCases[try parser.pullName(of: Name.self).rawValue]
    }
}

extension ReplicaStatus {
    private enum Field: Int, JSONField {
        case exitCode, generation, message, ports, replicaId, restarts, service, signal, startedAt, state
        static let names: [StaticString] = [
            "exitCode", "generation", "message", "ports", "replicaId", "restarts", "service", "signal", "startedAt",
            "state",
        ]
    }

    init(pulling parser: inout JSONParser) throws(JSONDeclined) {
        var service: String?
        var replicaId: String?
        var state: ReplicaPhase?
        var rest = ReplicaStatus(service: "", replicaId: "", state: .pending)
        var members = PulledMembers<Field>()
        while let field = try members.next(&parser) {
            switch field {
            case .exitCode: rest.exitCode = try parser.pullInteger(in: Int(Int32.min)...Int(Int32.max))
            case .generation: rest.generation = try parser.pullInteger(in: JSONReader.counts)
            case .message: rest.message = try parser.pullText()
            case .ports:
                rest.ports = try parser.pullDictionary { (parser) throws(JSONDeclined) in
                    try parser.pullText()
                } value: { (parser) throws(JSONDeclined) in
                    try parser.pullInteger(in: 0...65535)
                }
            case .replicaId: replicaId = try parser.pullIdentifier()
            case .restarts: rest.restarts = try parser.pullInteger(in: JSONReader.counts)
            case .service: service = try parser.pullIdentifier()
            case .signal: rest.signal = try parser.pullText()
            case .startedAt: rest.startedAt = try Timestamp(pulling: &parser)
            case .state: state = try ReplicaPhase(pulling: &parser)
            }
        }
        guard let service, let replicaId, let state else { throw JSONDeclined() }
        self = rest
        self.service = ServiceName(rawValue: service)
        self.replicaId = ReplicaID(rawValue: replicaId)
        self.state = state
    }
}
