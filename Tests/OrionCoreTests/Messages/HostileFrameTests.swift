import OrionCore
import Testing

@Suite struct HostileFrameTests {
    /// Frames that are no JSON or no envelope: close code 1007.
    @Test(arguments: [
        "", " ", "hello", "[]", "null", "1", "{}", #"{"type":1}"#, #"{"type":null,"payload":{}}"#, #"{"payload":{}}"#,
        #"{"type":"hello","payload":{}"#, #"{"type":"hello","type":"hello"}"#, "{\"type\":\"hello\u{1}\"}",
    ])
    func noEnvelopeIsMalformed(_ frame: String) {
        #expect { try AgentMessage(json: Array(frame.utf8)) } throws: { ($0 as? OrionError)?.code == .malformed }
        #expect { try ControlMessage(json: Array(frame.utf8)) } throws: { ($0 as? OrionError)?.code == .malformed }
    }

    /// Payloads of the wrong types, each with the field that the error has to name: close code 4400.
    @Test(arguments: [
        (#"{"type":"hello"}"#, "payload.nodeId"),
        (#"{"type":"hello","payload":[]}"#, "payload"),
        (#"{"type":"hello","payload":{"nodeId":7,"name":"a","address":"b"}}"#, "payload.nodeId"),
        (#"{"type":"hello","payload":{"nodeId":"","name":"a","address":"b"}}"#, "payload.nodeId"),
        (#"{"type":"hello","payload":{"nodeId":"a\u0000b","name":"a","address":"b"}}"#, "payload.nodeId"),
        (#"{"type":"hello","payload":{"nodeId":"n","name":"\u001b[2J","address":"b"}}"#, "payload.name"),
        (#"{"type":"hello","payload":{"nodeId":"n","name":"a","address":"b","labels":{"x":1}}}"#, "payload.labels.x"),
        (#"{"type":"hello","payload":{"nodeId":"n","name":"a","address":"b","replicas":{}}}"#, "payload.replicas"),
        (
            #"{"type":"hello","payload":{"nodeId":"n","name":"a","address":"b","replicas":[{"service":"s","replicaId":"r","state":"ready"},{"service":"s","replicaId":"r","state":1}]}}"#,
            "payload.replicas[1].state"
        ),
        (#"{"type":"heartbeat","payload":{"metrics":{"cpu":1,"memory":1}}}"#, "payload.timestamp"),
        (#"{"type":"heartbeat","payload":{"timestamp":1e300,"metrics":{"cpu":1,"memory":1}}}"#, "payload.timestamp"),
        (#"{"type":"heartbeat","payload":{"timestamp":1,"metrics":{"cpu":"1","memory":1}}}"#, "payload.metrics.cpu"),
        (
            #"{"type":"heartbeat","payload":{"timestamp":1,"metrics":{"cpu":1,"memory":1},"replicas":{"r":{"cpu":1}}}}"#,
            "payload.replicas.r.memory"
        ),
        (#"{"type":"status","payload":{"service":"s","replicaId":"r"}}"#, "payload.state"),
        (
            #"{"type":"status","payload":{"service":"s","replicaId":"r","state":"ready","restarts":-1}}"#,
            "payload.restarts"
        ),
        (
            #"{"type":"status","payload":{"service":"s","replicaId":"r","state":"ready","generation":9223372036854775807}}"#,
            "payload.generation"
        ),
        (
            #"{"type":"status","payload":{"service":"s","replicaId":"r","state":"ready","exitCode":1.5}}"#,
            "payload.exitCode"
        ),
        (
            #"{"type":"status","payload":{"service":"s","replicaId":"r","state":"ready","ports":{"http":70000}}}"#,
            "payload.ports.http"
        ),
        (#"{"type":"status","payload":{"service":["s"],"replicaId":"r","state":"ready"}}"#, "payload.service"),
    ])
    func wrongPayloadIsInvalidAndNamesTheField(_ frame: String, _ field: String) {
        #expect {
            try AgentMessage(json: Array(frame.utf8))
        } throws: {
            let error = $0 as? OrionError
            return error?.code == .invalid && error?.issues.contains { $0.pathText == field } == true
                && error?.message.contains(field) == true
        }
    }

    @Test func unknownTypesAndStatesAreNoErrors() throws {
        #expect(try AgentMessage(json: Array(#"{"type":"telemetry","payload":7}"#.utf8)) == .unknown(type: "telemetry"))
        let status = #"{"type":"status","payload":{"service":"s","replicaId":"r","state":"hibernating"}}"#
        guard case .ignored = try AgentMessage(json: Array(status.utf8)) else {
            Issue.record("not ignored")
            return
        }
        let hello =
            #"{"type":"hello","payload":{"nodeId":"n","name":"a","address":"b","replicas":[{"service":"s","replicaId":"r","state":"hibernating"},{"service":"s","replicaId":"q","state":"ready"}]}}"#
        guard case .hello(let said) = try AgentMessage(json: Array(hello.utf8)) else {
            Issue.record("no hello")
            return
        }
        #expect(said.replicas?.map(\.replicaId) == ["q"])
    }

    @Test func unknownMembersAndNullsAreIgnored() throws {
        let frame =
            #"{"v":2,"type":"status","payload":{"service":"s","replicaId":"r","state":"ready","mood":{"a":[1]},"ports":null,"exitCode":null}}"#
        #expect(
            try AgentMessage(json: Array(frame.utf8))
                == .status(ReplicaStatus(service: "s", replicaId: "r", state: .ready)))
    }

    @Test func numbersThatAreNotFiniteAreWrittenAsZero() throws {
        var heartbeat = Heartbeat(timestamp: Timestamp(milliseconds: 1), metrics: Usage(cpu: .nan, memory: .infinity))
        heartbeat.replicas = ["r": Usage(cpu: -.infinity, memory: 1)]
        var expected = Heartbeat(timestamp: Timestamp(milliseconds: 1), metrics: Usage(cpu: 0, memory: 0))
        expected.replicas = ["r": Usage(cpu: 0, memory: 1)]
        #expect(try AgentMessage(json: AgentMessage.heartbeat(heartbeat).json()) == .heartbeat(expected))
    }
}
