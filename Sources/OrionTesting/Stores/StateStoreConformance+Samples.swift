import OrionCore

extension StateStoreConformance {
    /// Every sort of record: one with nothing but what it must have, and one with everything.
    static var everyRecord: [StateChange] {
        var cluster = StoredCluster(clusterId: "sample")
        cluster.revision = 7
        cluster.lastFence = Fence(rawValue: 36)
        cluster.cursor = "node-b"
        let time = Timestamp(milliseconds: 1_700_000_000_000)
        var service = StoredService(name: "web", id: "id", config: "default", generation: 2, createdAt: time)
        service.firstGeneration = 2
        service.observedGeneration = 1
        service.provenGeneration = 3
        service.isRemoving = true
        service.updatedAt = Timestamp(milliseconds: 1_700_000_000_001)
        var node = StoredNode(id: "node-b", name: "b", address: "10.0.0.2", labels: ["os": "linux", "zone": "a"])
        node.capacity = Capacity(cpu: 0.5, memory: 1024)
        node.isSchedulable = false
        node.isDraining = true
        node.agentVersion = "1.0"
        node.protocol = 1
        node.declaredBy = "default"
        var silent = StoredNode(id: "node-c", name: "c", address: "")
        silent.capacity = Capacity()
        let fence = Fence(rawValue: 36)
        var replica = StoredReplica(
            id: ReplicaID(service: "web", fence: fence), service: "web", node: "node-b", generation: 2, fence: fence,
            createdAt: time)
        replica.intent = .stop
        replica.state = .failed
        replica.isKnown = true
        replica.restarts = 3
        replica.startedAt = time
        replica.ports = ["http": 4000, "admin": 4001]
        replica.exitCode = 0
        replica.signal = "SIGKILL"
        replica.message = "it ended"
        replica.replaces = "web-00000z"
        var rolledBack = generation("web", 11, time)
        rolledBack.fields = ["entry", "env.VERSION"]
        rolledBack.undoes = 10
        var evidence = ReplicaRecord(state: .backoff)
        evidence.replicaId = replica.id
        evidence.exitCode = 3
        evidence.lastLines = LastLines(stdout: [], stderr: ["no such table: users"])
        rolledBack.ending = RolloutEnding(.rolledBack, reason: "it failed", evidence: [evidence])
        return [
            .cluster(cluster),
            .configuration(StoredConfiguration(name: "default", document: Array("{}".utf8))),
            .configuration(StoredConfiguration(name: "empty", document: [])),
            .service(service),
            .service(StoredService(name: "api", id: "", config: "", generation: 1, createdAt: time)),
            .generation(generation("web", 1, time)), .generation(generation("web", 2, time)),
            .generation(generation("web", 10, time)), .generation(generation("api", 1, time)),
            .generation(rolledBack),
            .node(StoredNode(id: "node-a", name: "a", address: "")), .node(node), .node(silent),
            .replica(
                StoredReplica(
                    id: "web-000001", service: "web", node: "node-a", generation: 1, fence: Fence(rawValue: 1),
                    createdAt: time)),
            .replica(replica),
        ]
    }

    /// Removes all of that, and some that is not there.
    static let removals: [StateChange] = [
        .removeConfiguration("default"), .removeConfiguration("none"), .removeService("web"), .removeService("none"),
        .removeGeneration("api", 1), .removeGeneration("api", 9),
        .removeNode("node-a"), .removeNode("none"), .removeReplica("web-000001"), .removeReplica("none-000001"),
    ]

    /// A large commit.
    static let manyRecords: [StateChange] = (1...10_000).map { number in
        let fence = Fence(rawValue: UInt64(number))
        return .replica(
            StoredReplica(
                id: ReplicaID(service: "web", fence: fence), service: "web", node: "node-a", generation: 1,
                fence: fence,
                createdAt: Timestamp(milliseconds: 0)))
    }

    /// The same record with another value.
    static func changed(_ change: StateChange) -> StateChange {
        switch change {
        case .cluster(var record):
            record.revision += 1
            record.cursor = nil
            return .cluster(record)
        case .configuration(var record):
            record.document += [32]
            return .configuration(record)
        case .service(var record):
            record.generation += 1
            record.provenGeneration += 1
            record.isRemoving.toggle()
            return .service(record)
        case .generation(var record):
            record.specification += [32]
            record.fields = []
            record.ending = RolloutEnding(.complete)
            return .generation(record)
        case .node(var record):
            record.labels = ["other": "label"]
            record.capacity = nil
            record.protocol = nil
            return .node(record)
        case .replica(var record):
            record.state = .lost
            record.ports = [:]
            record.message = nil
            record.startedAt = Timestamp(milliseconds: 1)
            return .replica(record)
        case .removeConfiguration, .removeService, .removeGeneration, .removeNode, .removeReplica: return change
        }
    }

    private static func generation(_ service: ServiceName, _ number: Int, _ time: Timestamp) -> StoredGeneration {
        StoredGeneration(
            service: service, generation: number, restartFrom: 1, createdAt: time, specification: Array("{}".utf8))
    }
}
