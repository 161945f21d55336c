import HashTreeCollections
import OrionCore
import Testing

@testable import OrionScheduler

/// A step's cost grows with what changed: counted, not timed.
@Suite struct CostTests {
    /// Many services on many nodes, complete.
    private static func settled(services: Int, nodes: Int) -> ModelCluster {
        var cluster = ModelCluster(nodes: nodes)
        var config = OrionConfig()
        config.spec.services = (0..<services).map { service(ServiceName(rawValue: "s\($0)"), replicas: 2) }
        _ = cluster.request(.apply(Request.Apply(config: config)))
        cluster.advance(5)
        return cluster
    }

    private func run(_ event: Event, on cluster: ModelCluster) -> Step {
        var step = Step(cluster.state, at: cluster.now, seed: 1)
        step.takeDue()
        step.take(event)
        step.settle()
        step.writeChanges()
        return step
    }

    @Test func aStatusTouchesOneReplicaAndOneService() throws {
        let cluster = Self.settled(services: 200, nodes: 20)
        let replica = try #require(cluster.running("s7").first)
        let session = try #require(cluster.agents[replica.node]?.session)
        let status = ReplicaStatus(service: "s7", replicaId: replica.id, state: .unhealthy)
        let step = run(.session(session, .status(status)), on: cluster)
        #expect(step.touchedReplicas == [replica.id])
        #expect(step.touchedServices.isSubset(of: ["s7"]) && step.touchedNodes.isEmpty)
        #expect(step.reviews == 1)
    }

    @Test func aHeartbeatTouchesNothing() throws {
        let cluster = Self.settled(services: 200, nodes: 20)
        let session = try #require(cluster.agents["node-1"]?.session)
        let heartbeat = Heartbeat(timestamp: cluster.now.wall, metrics: Usage(cpu: 1, memory: 1))
        let step = run(.session(session, .heartbeat(heartbeat, receivedAt: cluster.now.wall)), on: cluster)
        #expect(step.reviews == 0 && step.touchedNodes.isEmpty && step.touchedReplicas.isEmpty)
    }

    @Test func aScaleTouchesOneServiceAndOneNewReplica() throws {
        let cluster = Self.settled(services: 200, nodes: 20)
        let step = run(.request(RequestID(rawValue: 0), .scale("s7", replicas: 3)), on: cluster)
        #expect(step.touchedReplicas.count == 1 && step.touchedServices == ["s7"])
        #expect(step.reviews == 2)
    }

    @Test func aLostNodeTouchesWhatRanThere() throws {
        var cluster = Self.settled(services: 200, nodes: 20)
        let there = cluster.store.replicas.values.filter { $0.node == "node-1" }
        cluster.disconnect("node-1")
        cluster.advance(9)
        let step = { () -> Step in
            var later = cluster.now
            later.monotonic = later.monotonic.advanced(bySeconds: 2)
            var step = Step(cluster.state, at: later, seed: 1)
            step.takeDue()
            step.settle()
            return step
        }()
        #expect(step.touchedReplicas.count == there.count * 2)
        #expect(step.touchedServices.isSubset(of: Set(there.map(\.service))))
        #expect(step.touchedNodes == ["node-1"])
    }

    @Test func roomForOneLooksAtNoMoreOfWhatWaitsThanFits() throws {
        var cluster = ModelCluster()
        for number in 1...5 { cluster.connect(NodeID(rawValue: "node-\(number)")) { $0.capacity = Capacity(cpu: 1) } }
        var config = OrionConfig()
        config.spec.services = (0..<300).map { number in
            service(ServiceName(rawValue: "s\(number)")) { $0.resources.cpu = number % 3 == 0 ? 1 : 2 }
        }
        _ = cluster.request(.apply(Request.Apply(config: config)))
        cluster.settle()
        let replica = try #require(cluster.store.replicas.values.first)
        let session = try #require(cluster.agents[replica.node]?.session)
        let status = ReplicaStatus(service: replica.service, replicaId: replica.id, state: .stopped)
        let step = run(.session(session, .status(status)), on: cluster)
        #expect(step.touchedReplicas.count == 2)
        #expect(step.reviews <= 4)
    }

    @Test func anUnchangedDocumentTouchesNoService() throws {
        let cluster = Self.settled(services: 200, nodes: 20)
        var config = OrionConfig()
        config.spec.services = (0..<200).map { service(ServiceName(rawValue: "s\($0)"), replicas: 2) }
        let step = run(.request(RequestID(rawValue: 0), .apply(Request.Apply(config: config))), on: cluster)
        #expect(step.reviews == 0 && step.decision.changes.isEmpty)
    }

    @Test func aFullPassOverASettledStateDecidesNothing() {
        var cluster = Self.settled(services: 200, nodes: 20)
        let decision = cluster.fullPass()
        #expect(decision.changes.isEmpty && decision.commands.isEmpty && decision.facts.isEmpty)
    }
}
