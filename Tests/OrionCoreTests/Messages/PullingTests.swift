import Testing

@testable import OrionCore

/// The two ways of reading and of writing what agents send by the thousand come to the same.
@Suite struct PullingTests {
    private static let seeds: [UInt64] = [11, 12, 13, 14]

    @Test(arguments: seeds) func whatAgentsSendIsPulled(_ seed: UInt64) throws {
        var random = SplitMix(state: seed)
        for _ in 0..<500 {
            let message = AgentMessage.random(by: &random, text: ["a", "Z-9", "é", "😀"])
            let json = message.json()
            #expect(AgentMessage(pulling: json.span) == message, "seed \(seed)")
            #expect(try AgentMessage(byTreeOf: json.span) == message, "seed \(seed)")
        }
    }

    @Test(arguments: seeds) func theWriterWritesWhatTheEncoderWould(_ seed: UInt64) throws {
        var random = SplitMix(state: seed)
        for _ in 0..<500 {
            var message = AgentMessage.random(by: &random, text: ["\"", "\n", "€", "x\u{7f}"])
            if case .status(var status) = message {
                status.lastLines = LastLines(stdout: ["€"], stderr: [])
                message = .status(status)
            }
            let payload =
                switch message {
                case .heartbeat(let heartbeat): OrionJSON.encode(heartbeat)
                case .status(let status): OrionJSON.encode(status)
                case .hello(let hello): OrionJSON.encode(hello)
                default: [UInt8]()
                }
            let json = message.json()
            #expect(json.suffix(payload.count + 1).dropLast().elementsEqual(payload), "seed \(seed)")
            #expect(try OrionJSON.parse(json) != .null)
        }
    }

    /// A frame with a few bytes changed is pulled only if the tree takes it, and then for the same message.
    @Test(arguments: seeds) func changedFramesArePulledAlikeOrDeclined(_ seed: UInt64) throws {
        var random = SplitMix(state: seed)
        var pulled = 0
        for _ in 0..<5_000 {
            var json = AgentMessage.random(by: &random, text: ["a", "\\", "é", " "]).json()
            for _ in 0..<Int.random(in: 1...3, using: &random) { json.mutate(by: &random) }
            guard let message = AgentMessage(pulling: json.span) else { continue }
            pulled += 1
            let text = String(decoding: json, as: UTF8.self)
            #expect(try AgentMessage(byTreeOf: json.span) == message, "seed \(seed): \(text)")
        }
        #expect(pulled > 100)
    }

    @Test(arguments: [
        #"{"type":"heartbeat","payload":{"timestamp":1,"metrics":{"cpu":1,"memory":1}}} x"#,
        #"{"type":"heartbeat","payload":{"timestamp":1,"timestamp":1,"metrics":{"cpu":1,"memory":1}}}"#,
        #"{"type":"heartbeat","payload":{"timestamp":1,"metrics":{"cpu":1,"memory":1},"replicas":{"a":{"cpu":1,"memory":1},"a":{"cpu":1,"memory":1}}}}"#,
        #"{"type":"heartbeat","payload":{"timestamp":1.5,"metrics":{"cpu":1,"memory":1}}}"#,
        #"{"type":"heartbeat","payload":{"timestamp":1,"metrics":{"cpu":1,"memory":1},"mood":1}}"#,
        #"{"type":"status","payload":{"service":"s","replicaId":"r","state":"ready","exitCode":null}}"#,
        #"{"type":"status","payload":{"service":"s","replicaId":"r","state":"hibernating"}}"#,
        #"{"type":"status","payload":{"service":"s","replicaId":"","state":"ready"}}"#,
        #"{"type":"status","payload":{"service":"s\u0061","replicaId":"r","state":"ready"}}"#,
        #"{"payload":{"service":"s","replicaId":"r","state":"ready"},"type":"status"}"#,
        #"{"type":"leaving","payload":{}}"#, "", "{", "[]",
    ])
    func whatIsUnusualIsDeclined(_ frame: String) {
        #expect(AgentMessage(pulling: Array(frame.utf8).span) == nil)
    }

    @Test(arguments: ReplicaPhase.allCases) func everyStateIsPulled(_ phase: ReplicaPhase) {
        let message = AgentMessage.status(ReplicaStatus(service: "s", replicaId: "r", state: phase))
        #expect(AgentMessage(pulling: message.json().span) == message)
    }
}

extension AgentMessage {
    /// A heartbeat, a status or a hello with any of their fields.
    fileprivate static func random(by random: inout SplitMix, text: [String]) -> AgentMessage {
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
