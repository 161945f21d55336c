import JSONInputs
import Testing

@testable import OrionCore

/// The two ways of reading and of writing what agents send by the thousand come to the same.
@Suite struct PullingTests {
    private static let seeds: [UInt64] = [11, 12, 13, 14]

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
