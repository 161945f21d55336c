import OrionCore
import Testing

@Suite struct RecordRoundTripTests {
    private let moment = Timestamp(milliseconds: 1_732_500_000_123)

    private func expectRoundTrip<Record: JSONReadable & Encodable & Equatable>(_ record: Record) throws {
        #expect(try OrionJSON.decode(Record.self, from: OrionJSON.encode(record)) == record)
    }

    @Test func storedRecords() throws {
        var cluster = StoredCluster(clusterId: "c")
        try expectRoundTrip(cluster)
        (cluster.revision, cluster.lastFence, cluster.cursor) = (7, Fence(rawValue: 1 << 40), "node-1")
        try expectRoundTrip(cluster)

        var service = StoredService(name: "web", id: "s", config: "default", generation: 1, createdAt: moment)
        try expectRoundTrip(service)
        (service.observedGeneration, service.provenGeneration, service.isRemoving) = (1, 2, true)
        service.firstGeneration = 4
        service.updatedAt = Timestamp(milliseconds: 1_732_500_000_999)
        try expectRoundTrip(service)

        var node = StoredNode(id: "n", name: "one", address: "10.0.0.1", labels: ["zone": "a"])
        try expectRoundTrip(node)
        (node.capacity, node.isSchedulable, node.isDraining) = (Capacity(cpu: 4, memory: 1024.5), false, true)
        (node.agentVersion, node.protocol, node.declaredBy) = ("1.0", 1, "default")
        try expectRoundTrip(node)

        var replica = StoredReplica(
            id: "web-000001", service: "web", node: "n", generation: 1, fence: Fence(rawValue: 1), createdAt: moment)
        try expectRoundTrip(replica)
        (replica.intent, replica.state, replica.isKnown, replica.restarts) = (.stop, .backoff, true, 3)
        (replica.startedAt, replica.ports, replica.exitCode, replica.signal) = (moment, ["http": 4000], -1, "SIGKILL")
        (replica.message, replica.replaces) = ("why", "web-000000")
        try expectRoundTrip(replica)
    }

    @Test func nodeRecord() throws {
        var record = NodeRecord(
            id: "n", name: "one", address: "10.0.0.1", labels: ["a": "b"], capacity: Capacity(cpu: 4), status: .unknown,
            schedulable: true, draining: false, connected: false, allocated: Capacity(cpu: 0, memory: 0), replicas: 0)
        try expectRoundTrip(record)
        #expect(String(decoding: OrionJSON.encode(record), as: UTF8.self).contains(#""lastHeartbeat":null"#))
        (record.lastHeartbeat, record.metrics, record.agentVersion) = (moment, Usage(cpu: 1.5, memory: 2), "1.0")
        record.remaining = [
            NodeRecord.Remainder(service: "web", replicas: 2, message: "They are stopping."),
            NodeRecord.Remainder(service: "db", replicas: 1),
        ]
        try expectRoundTrip(record)
    }

    @Test func serviceRecord() throws {
        var replica = ReplicaRecord(state: .ready)
        (replica.replicaId, replica.nodeId, replica.node, replica.address) = ("web-000001", "n", "one", "10.0.0.1")
        (replica.generation, replica.restarts, replica.startedAt, replica.ports) = (2, 0, moment, ["http": 4000])
        (replica.exitCode, replica.signal, replica.message) = (1, "SIGTERM", "why")
        (replica.replaces, replica.metrics) = ("web-000000", Usage(cpu: 1, memory: 2))
        replica.lastLines = LastLines(stdout: [], stderr: ["Error: \u{1F680}", "  at \u{0}"])
        var pending = ReplicaRecord(state: .pending)
        pending.message = "no node is ready"
        var observed = ServiceStatus.Observed()
        (observed.desired, observed.running, observed.ready, observed.pending, observed.failed) = (2, 1, 1, 1, 0)
        let status = ServiceStatus(
            id: "s", status: .updating, createdAt: moment, updatedAt: moment, config: "default", generation: 2,
            observedGeneration: 1, observed: observed,
            rollout: ServiceStatus.Rollout(
                generation: 2, state: .progressing, updated: 1, available: 1, reason: "r", evidence: [replica]),
            instances: [replica, pending])
        var specification = ServiceSpecification(name: "web")
        specification.env = ["A": "b"]
        let record = ServiceRecord(specification: SharedSpecification(specification), status: status)
        let read = try OrionJSON.decode(ServiceRecord.self, from: record.json())
        #expect(read.specification == record.specification)
        #expect(read.status == status)
        let records = try OrionJSON.decode(
            [ServiceRecord].self, from: Array("[".utf8) + record.json() + Array("]".utf8))
        #expect(records.count == 1)
    }

    @Test func applyResultAndErrorBody() throws {
        let warning = ConfigurationIssue(
            path: [.key("spec"), .key("services"), .index(0), .key("env"), .key("A.B")], message: "m")
        try expectRoundTrip(
            ApplyResult(
                status: .planned, revision: 12,
                changes: [ServiceChange(service: "web", action: .updated, generation: 2, fields: ["env.PORT"])],
                warnings: [warning]))
        try expectRoundTrip(ErrorBody(OrionError(.invalid, "no", issues: [warning])))
        #expect(
            try OrionJSON.decode(ErrorBody.self, from: Array(#"{"message":"m"}"#.utf8)) == ErrorBody(message: "m"))
        #expect(warning.pathText == "spec.services[0].env.A.B")
    }

    @Test func wrongRecordNamesItsPlace() throws {
        let error = try #require(throws: OrionError.self) {
            try OrionJSON.decode(
                [StoredNode].self, from: Array(#"[{"id":"n","name":"a","address":"b","isDraining":1}]"#.utf8))
        }
        #expect(error.code == .invalid)
        #expect(error.issues.map(\.pathText) == ["[0].isDraining"])
    }
}
