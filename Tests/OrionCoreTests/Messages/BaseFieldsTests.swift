import OrionCore
import Testing

@Suite struct BaseFieldsTests {
    @Test func agentWithBaseFieldsAloneIsUnderstood() throws {
        let hello = #"{"type":"hello","payload":{"nodeId":"n1","name":"one","address":"10.0.0.1","labels":{"os":"linux"}}}"#
        guard case .hello(let said) = try AgentMessage(json: Array(hello.utf8)) else {
            Issue.record("no hello")
            return
        }
        #expect(said == Hello(nodeId: "n1", name: "one", address: "10.0.0.1", labels: ["os": "linux"]))

        let heartbeat = #"{"type":"heartbeat","payload":{"timestamp":1732500000000,"metrics":{"cpu":12.5,"memory":1048576}}}"#
        let expected = Heartbeat(
            timestamp: Timestamp(milliseconds: 1_732_500_000_000), metrics: Usage(cpu: 12.5, memory: 1_048_576))
        #expect(try AgentMessage(json: Array(heartbeat.utf8)) == .heartbeat(expected))
    }

    @Test func configurationRoundTrips() throws {
        let text = #"{"apiVersion":"orion/v1","kind":"Config","spec":{"services":[{"name":"web","type":"bun","replicas":3}]}}"#
        let parsed = try OrionConfig.parse(json: Array(text.utf8))
        let service = try #require(parsed.config.spec.services.first)
        #expect(service.runtime == .bun)
        #expect(service.replicas == 3)
        #expect(try OrionJSON.decode(OrionConfig.self, from: OrionJSON.encode(parsed.config)) == parsed.config)
    }

    @Test func errorsTellEnvelopeFromPayload() throws {
        #expect { try AgentMessage(json: Array("[]".utf8)) } throws: { ($0 as? OrionError)?.code == .malformed }
        #expect {
            try AgentMessage(json: Array(#"{"type":"heartbeat","payload":{"timestamp":1,"metrics":{"cpu":"x"}}}"#.utf8))
        } throws: {
            let error = $0 as? OrionError
            return error?.code == .invalid && error?.message.contains("payload.metrics.cpu") == true
        }
    }
}
