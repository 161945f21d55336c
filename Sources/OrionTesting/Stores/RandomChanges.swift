import OrionCore

/// Changes with keys from small sets, so that records are written again and removed, and with values that are hard to keep.
struct RandomChanges {
    private var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    mutating func batch(_ count: Int) -> [StateChange] { (0..<count).map { _ in change() } }

    private mutating func change() -> StateChange {
        switch Int.random(in: 0..<21, using: &random) {
        case 0: .cluster(cluster())
        case 1: .configuration(StoredConfiguration(name: key(3), document: Array(text().utf8)))
        case 2...4: .service(service())
        case 5: .removeService(ServiceName(rawValue: key()))
        case 6...8: .generation(generation())
        case 9: .removeGeneration(ServiceName(rawValue: key()), Int.random(in: 1...3, using: &random))
        case 10...12: .node(node())
        case 13: .removeNode(NodeID(rawValue: key()))
        case 14...18: .replica(replica())
        case 19: .removeConfiguration(key(3))
        default: .removeReplica(ReplicaID(rawValue: key()))
        }
    }

    private mutating func cluster() -> StoredCluster {
        var record = StoredCluster(clusterId: text())
        record.revision = Int64(number())
        record.lastFence = Fence(rawValue: UInt64(number()))
        record.cursor = maybe { NodeID(rawValue: $0.text()) }
        return record
    }

    private mutating func service() -> StoredService {
        var record = StoredService(
            name: ServiceName(rawValue: key()), id: text(), config: text(), generation: number(), createdAt: time())
        record.firstGeneration = number()
        record.observedGeneration = number()
        record.provenGeneration = number()
        record.isRemoving = Bool.random(using: &random)
        record.updatedAt = time()
        return record
    }

    private mutating func generation() -> StoredGeneration {
        var record = StoredGeneration(
            service: ServiceName(rawValue: key()), generation: Int.random(in: 1...3, using: &random),
            restartFrom: number(), createdAt: time(), specification: Array(text().utf8))
        for _ in 0..<Int.random(in: 0...2, using: &random) { record.fields.append(text()) }
        record.undoes = maybe { $0.number() }
        record.ending = maybe { changes in
            let state = changes.pick(RolloutEnding.State.allCases)
            return RolloutEnding(state, reason: changes.maybe { $0.text() }, evidence: changes.evidence())
        }
        return record
    }

    private mutating func evidence() -> [ReplicaRecord] {
        (0..<Int.random(in: 0...2, using: &random)).map { _ in
            var record = ReplicaRecord(state: pick(ReplicaPhase.allCases))
            record.replicaId = maybe { _ in "web-000001" }
            record.exitCode = maybe { $0.number() }
            record.message = maybe { $0.text() }
            record.lastLines = LastLines(stdout: [text()], stderr: [text(), text()])
            return record
        }
    }

    private mutating func node() -> StoredNode {
        var record = StoredNode(id: NodeID(rawValue: key()), name: text(), address: text(), labels: labels())
        record.capacity = maybe { changes in
            Capacity(
                cpu: changes.maybe { Double($0.number()) / 7 }, memory: changes.maybe { Double($0.number()) / 3 })
        }
        record.isSchedulable = Bool.random(using: &random)
        record.isDraining = Bool.random(using: &random)
        record.agentVersion = maybe { $0.text() }
        record.protocol = maybe { $0.number() }
        record.declaredBy = maybe { $0.text() }
        return record
    }

    private mutating func replica() -> StoredReplica {
        var record = StoredReplica(
            id: ReplicaID(rawValue: key()), service: ServiceName(rawValue: text()), node: NodeID(rawValue: text()),
            generation: number(), fence: Fence(rawValue: UInt64(number())), createdAt: time())
        record.intent = pick(StoredReplica.Intent.allCases)
        record.state = pick(ReplicaPhase.allCases)
        record.isKnown = Bool.random(using: &random)
        record.restarts = number()
        record.startedAt = maybe { $0.time() }
        for _ in 0..<Int.random(in: 0...2, using: &random) { record.ports[text()] = number() }
        record.exitCode = maybe { $0.number() - 1 }
        record.signal = maybe { $0.text() }
        record.message = maybe { $0.text() }
        record.replaces = maybe { ReplicaID(rawValue: $0.text()) }
        return record
    }

    private mutating func labels() -> [String: String] {
        var labels: [String: String] = [:]
        for _ in 0..<Int.random(in: 0...3, using: &random) { labels[text()] = text() }
        return labels
    }

    /// Two of them are one to Swift (é as one scalar, and as two), two differ after a NUL only.
    private mutating func key(_ count: Int = 9) -> String {
        pick(["a", "b", "c", "", "caf\u{e9}", "cafe\u{301}", "nul\u{0}1", "nul\u{0}2", "A"].prefix(count))
    }

    private mutating func text() -> String {
        pick([
            "", "plain", "it's \"quoted\"", "two\nlines", "nul\u{0}inside", "\u{1F680}\u{1F1E9}\u{1F1EA}",
            "cafe\u{301}",
            "{\"json\": [1]}", "NULL", "12", String(repeating: "long ", count: 500),
        ])
    }

    private mutating func number() -> Int {
        pick([0, 1, 2, 65_535, 1 << 31, Int.max, Int.random(in: 0..<1_000_000, using: &random)])
    }

    private mutating func time() -> Timestamp {
        Timestamp(milliseconds: Int64.random(in: -1...4_102_444_800_000, using: &random))
    }

    private mutating func maybe<Value>(_ value: (inout RandomChanges) -> Value) -> Value? {
        Bool.random(using: &random) ? value(&self) : nil
    }

    private mutating func pick<Values: RandomAccessCollection>(_ values: Values) -> Values.Element {
        values[values.index(values.startIndex, offsetBy: Int.random(in: 0..<values.count, using: &random))]
    }
}
