import OrionCore
import Testing

@testable import OrionScheduler

@Suite struct StartTests {
    private func restarted() throws -> ModelCluster {
        var cluster = ModelCluster(nodes: 3)
        cluster.apply(service("web", replicas: 6))
        cluster.advance(5)
        cluster.forgetHeard()
        try cluster.restartControlPlane()
        return cluster
    }

    @Test func aRestartOfTheControlPlaneTouchesNoReplica() throws {
        var cluster = try restarted()
        #expect(cluster.state.nodeRecords().map(\.status) == [.unknown, .unknown, .unknown])
        #expect(try cluster.status("web").status == .running)
        cluster.advance(3)
        for id in cluster.agents.keys.sorted() { cluster.connect(id) }
        cluster.advance(60)
        for id in cluster.agents.keys { #expect(cluster.heard(id) == ["welcome"]) }
        #expect(cluster.running("web").count == 6)
    }

    @Test func nobodyIsLostBeforeAWholeTimeout() throws {
        var cluster = try restarted()
        cluster.advance(9.9)
        #expect(cluster.running("web").count == 6)
        for id in ["node-1", "node-2"] as [NodeID] { cluster.connect(id) }
        // A quarter of the timeout after the last hello.
        cluster.advance(2.4)
        #expect(cluster.store.replicas.values.allSatisfy { $0.state != .lost })
        cluster.advance(0.2)
        #expect(cluster.store.replicas.values.filter { $0.state == .lost }.count == 2)
        #expect(cluster.distribution("web").prefix(2).reduce(0, +) == 6)
        #expect(cluster.state.nodeRecords()[2].status == .unknown)
    }

    @Test func aDisconnectWithinTheGraceIsLostAfterIt() throws {
        var cluster = try restarted()
        for id in cluster.agents.keys.sorted() { cluster.connect(id) }
        cluster.settle()
        cluster.disconnect("node-1")
        cluster.advance(9.9)
        #expect(cluster.store.replicas.values.allSatisfy { $0.state != .lost })
        cluster.advance(3)
        #expect(cluster.store.replicas.values.filter { $0.state == .lost }.count == 2)
    }

    @Test func whatWasLostStaysReplaced() throws {
        var cluster = ModelCluster(nodes: 3)
        cluster.apply(service("web", replicas: 3))
        cluster.advance(5)
        cluster.disconnect("node-1")
        cluster.advance(15)
        try cluster.restartControlPlane()
        for id in ["node-2", "node-3"] as [NodeID] { cluster.connect(id) }
        cluster.advance(30)
        #expect(cluster.running("web").count == 3)
        cluster.connect("node-1")
        cluster.advance(5)
        #expect(cluster.distribution("web") == [0, 2, 1] || cluster.distribution("web") == [0, 1, 2])
    }

    @Test func aRemovalGoesOnAfterARestart() throws {
        var cluster = ModelCluster(nodes: 1)
        cluster.apply(service("web", replicas: 2))
        cluster.advance(5)
        _ = cluster.request(.remove("web"))
        try cluster.restartControlPlane()
        cluster.settle()
        cluster.connect("node-1")
        cluster.settle()
        #expect(cluster.store.services.isEmpty && cluster.agents["node-1"]?.records.isEmpty == true)
    }

    @Test func aRolloutGoesOnAfterARestart() throws {
        var cluster = ModelCluster(nodes: 2)
        cluster.apply(service("web", replicas: 3))
        cluster.advance(5)
        cluster.apply(service("web", replicas: 3) { $0.entry = "new.ts" })
        cluster.advance(3)
        try cluster.restartControlPlane()
        for id in cluster.agents.keys.sorted() { cluster.connect(id) }
        cluster.advance(20)
        #expect(cluster.running("web").map(\.generation) == [2, 2, 2])
        #expect(cluster.agents.values.flatMap(\.live).count == 3)
    }

    @Test func aRestartStopsNoSecondOldReplicaWhileTheFirstStillStops() throws {
        let port = Port(name: "http", port: 80)
        var cluster = ModelCluster(nodes: 3)
        cluster.apply(service("web", replicas: 3) { $0.ports = [port] })
        cluster.advance(5)
        for id in cluster.agents.keys { cluster.agents[id]?.isDeaf = true }
        cluster.apply(
            service("web", replicas: 3) { service in
                service.ports = [port]
                service.entry = "new.ts"
            })
        try cluster.restartControlPlane()
        for id in cluster.agents.keys.sorted() { cluster.connect(id) }
        cluster.settle()
        #expect(cluster.running("web").map(\.generation) == [1, 1])
        for id in cluster.agents.keys { cluster.agents[id]?.isDeaf = false }
        cluster.advance(20)
        #expect(cluster.running("web").map(\.generation) == [2, 2, 2])
    }

    @Test func anUnreadableSpecificationIsRefused() {
        var stored = StoredState(cluster: StoredCluster(clusterId: "x"))
        stored.services = [
            StoredService(
                name: "web", id: "1", config: "default", generation: 1, createdAt: Timestamp(milliseconds: 0))
        ]
        stored.generations = [
            StoredGeneration(
                service: "web", generation: 1, restartFrom: 1, createdAt: Timestamp(milliseconds: 0),
                specification: Array("{".utf8))
        ]
        let now = Moment(monotonic: .start, wall: Timestamp(milliseconds: 0))
        #expect(throws: OrionError.self) { try ClusterState(loading: stored, options: ReconcilerOptions(), now: now) }
    }
}
