package import OrionCore

extension AgentMessage {
    /// A heartbeat, a status or a hello with any of their fields.
    package static func random(by random: inout SplitMix, text: [String]) -> AgentMessage {
        switch Int.random(in: 0..<3, using: &random) {
        case 0:
            var heartbeat = Heartbeat(timestamp: .random(by: &random), metrics: .random(by: &random))
            if Bool.random(using: &random) {
                heartbeat.replicas = [:]
                for _ in 0..<Int.random(in: 0...3, using: &random) {
                    heartbeat.replicas?[.random(by: &random)] = .random(by: &random)
                }
            }
            if Bool.random(using: &random) { heartbeat.digest = ReplicaDigest().description }
            return .heartbeat(heartbeat)
        case 1: return .status(.random(by: &random, text: text))
        default:
            var hello = Hello(
                nodeId: NodeID(rawValue: ReplicaID.random(by: &random).rawValue), name: text[0], address: "10.0.0.1")
            for label in 0..<Int.random(in: 0...3, using: &random) {
                hello.labels["l\(label)"] = text.randomElement(using: &random)
            }
            if Bool.random(using: &random) { hello.protocol = 1 }
            if Bool.random(using: &random) { hello.capacity = Capacity(cpu: 4, memory: nil) }
            if Bool.random(using: &random) { hello.instanceId = "i" }
            if Bool.random(using: &random) { hello.agentVersion = text.randomElement(using: &random) }
            if Bool.random(using: &random) { hello.token = "t" }
            if Bool.random(using: &random) {
                hello.replicas = (0..<Int.random(in: 0...3, using: &random)).map { _ in
                    .random(by: &random, text: text)
                }
            }
            return .hello(hello)
        }
    }
}

extension ReplicaStatus {
    fileprivate static func random(by random: inout SplitMix, text: [String]) -> ReplicaStatus {
        let phase = ReplicaPhase.allCases.randomElement(using: &random) ?? .ready
        var status = ReplicaStatus(service: "web", replicaId: .random(by: &random), state: phase)
        if Bool.random(using: &random) { status.generation = Int.random(in: 0...Int(Int32.max), using: &random) }
        if Bool.random(using: &random) { status.restarts = Int.random(in: 0...9, using: &random) }
        if Bool.random(using: &random) { status.startedAt = .random(by: &random) }
        if Bool.random(using: &random) { status.exitCode = Int.random(in: -1...255, using: &random) }
        if Bool.random(using: &random) { status.signal = "SIGKILL" }
        if Bool.random(using: &random) { status.message = text.shuffled(using: &random).joined() }
        if Bool.random(using: &random) { status.ports = ["http": 4000, text[0]: 65535] }
        return status
    }
}

extension ReplicaID {
    fileprivate static func random(by random: inout SplitMix) -> ReplicaID {
        ReplicaID(service: "web", fence: Fence(rawValue: UInt64.random(in: 0..<1000, using: &random)))
    }
}

extension Timestamp {
    fileprivate static func random(by random: inout SplitMix) -> Timestamp {
        Timestamp(milliseconds: Int64.random(in: -1...1_800_000_000_000, using: &random))
    }
}

extension Usage {
    fileprivate static func random(by random: inout SplitMix) -> Usage {
        Usage(
            cpu: Double.random(in: 0...400, using: &random),
            memory: Double(Int64.random(in: 0...Int64(1 << 40), using: &random)))
    }
}
