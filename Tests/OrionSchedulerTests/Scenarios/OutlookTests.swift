import HashTreeCollections
import OrionCore
import Testing

@testable import OrionScheduler

/// Nothing is left over: whatever is wanted of a replica, whatever was last heard of it, and whatever its agent says of it
/// now, there is a way forward, and it ends where one replica is wanted and one runs.
@Suite struct OutlookTests {
    /// What becomes of the node.
    private enum Node: CaseIterable {
        case returns, isLost, isForgotten
    }

    struct Pair: Sendable, CustomStringConvertible {
        let intent: StoredReplica.Intent
        let state: ReplicaPhase
        let isKnown: Bool
        var description: String { "\(intent) \(state) known: \(isKnown)" }
    }

    static let pairs: [Pair] = StoredReplica.Intent.allCases.flatMap { intent in
        ReplicaPhase.allCases.flatMap { state in
            [true, false].map { Pair(intent: intent, state: state, isKnown: $0) }
        }
    }

    /// A control plane that starts with one such record of a replica on the first of two nodes.
    private func stored(_ pair: Pair, isBase: Bool) throws -> ModelCluster {
        var cluster = ModelCluster()
        cluster.connect("node-1") { $0.isBase = isBase }
        cluster.connect("node-2")
        _ = cluster.request(.cordon("node-2"))
        cluster.apply(service("web"))
        cluster.settle()
        _ = cluster.request(.uncordon("node-2"))
        cluster.store.replicas["web-000001"]?.intent = pair.intent
        cluster.store.replicas["web-000001"]?.state = pair.state
        cluster.store.replicas["web-000001"]?.isKnown = pair.isKnown
        try cluster.restartControlPlane()
        return cluster
    }

    @Test(arguments: pairs, [false, true])
    func everyPairHasAWayForward(_ pair: Pair, isBase: Bool) throws {
        let said: [ReplicaPhase?] =
            [nil] + (isBase ? [.running] : ReplicaPhase.allCases.filter { $0 != .pending && $0 != .lost })
        for node in Node.allCases {
            for phase in said {
                var cluster = try stored(pair, isBase: isBase)
                cluster.afterStep = { $0.checkInvariants(before: $1, events: $2, decision: $3) }
                if let phase {
                    cluster.agents["node-1"]?.records["web-000001"]?.phase = phase
                } else {
                    cluster.agents["node-1"]?.records = [:]
                    cluster.agents["node-1"]?.launched = []
                }
                cluster.connect("node-2")
                if node == .returns { cluster.connect("node-1") }
                cluster.advance(30)
                // What was ill gets well.
                for (id, record) in cluster.agents["node-1"]?.records ?? [:]
                where record.phase == .unhealthy || record.phase == .backoff {
                    cluster.agents["node-1"]?.set(id, .starting)
                }
                if node == .isForgotten { _ = cluster.request(.forget("node-1")) }
                cluster.advance(300)
                try finish(&cluster, node, "\(pair) \(node) \(phase.map(\.rawValue) ?? "unnamed")", isBase)
            }
        }
    }

    private func finish(_ cluster: inout ModelCluster, _ node: Node, _ what: String, _ isBase: Bool) throws {
        #expect(cluster.violation == nil, "\(what): \(cluster.violation ?? "")")
        #expect(try cluster.status("web").observed.ready == 1, "\(what)")
        // What is on a lost node stays to be stopped, until that node is back or forgotten.
        if node == .isLost { cluster.connect("node-1") }
        cluster.advance(300)
        #expect(cluster.store.replicas.count == 1, "\(what): \(cluster.store.replicas)")
        #expect(try cluster.status("web").observed.ready == 1, "\(what)")
        if node == .isForgotten { cluster.connect("node-1") }
        cluster.advance(300)
        // An agent with base fields alone does not say what it runs.
        guard !isBase else { return }
        #expect(cluster.agents.values.flatMap(\.live).count == 1, "\(what)")
        #expect(cluster.agents.values.flatMap(\.records.keys).count == 1, "\(what)")
    }

    @Test func theTableNamesAStandingForEachPair() {
        for pair in Self.pairs {
            let standing = ReplicaOutlook(wanted: pair.intent, observed: pair.state).standing
            switch pair.intent {
            case .stop: #expect((standing == .stopping) != pair.state.isFinal, "\(pair)")
            case .run: #expect((standing == .vacant) == pair.state.isFinal && standing != .stopping, "\(pair)")
            }
        }
    }
}
