import OrionCore
import Testing

@testable import OrionScheduler

@Suite struct PlacementTests {
    @Test func nineReplicasOnThreeNodesAreThreeEach() {
        var cluster = ModelCluster(nodes: 3)
        cluster.apply(service("web", replicas: 9))
        cluster.settle()
        #expect(cluster.distribution("web") == [3, 3, 3])
    }

    @Test func theCursorGoesOnOverAllServices() {
        var cluster = ModelCluster(nodes: 3)
        cluster.apply(service("web", replicas: 9))
        cluster.apply(service("a"), service("b"), service("c"), name: "more")
        cluster.settle()
        #expect(cluster.distribution("web", "a", "b", "c") == [4, 4, 4])
    }

    @Test func theCursorSurvivesARestart() throws {
        var cluster = ModelCluster(nodes: 3)
        cluster.apply(service("a"))
        cluster.settle()
        try cluster.restartControlPlane()
        for id in cluster.agents.keys.sorted() { cluster.connect(id) }
        cluster.apply(service("b"), name: "more")
        cluster.settle()
        #expect(cluster.distribution("a") == [1, 0, 0])
        #expect(cluster.distribution("b") == [0, 1, 0])
    }

    @Test func aCordonedNodeGetsNothingAndKeepsWhatItHas() throws {
        var cluster = ModelCluster(nodes: 2)
        cluster.apply(service("web", replicas: 2))
        cluster.settle()
        let node = try cluster.request(.cordon("node-1")).node
        #expect(!node.schedulable && !node.draining)
        _ = cluster.request(.scale("web", replicas: 4))
        cluster.settle()
        #expect(cluster.distribution("web") == [1, 3])
    }

    @Test func cpuAndMemoryAreNeverOversubscribed() throws {
        var cluster = ModelCluster()
        cluster.connect("node-1") { $0.capacity = Capacity(cpu: 1, memory: 1000) }
        cluster.connect("node-2") { $0.capacity = Capacity(cpu: 4, memory: 256) }
        cluster.apply(service("web", replicas: 10) { $0.resources = Resources(cpu: 0.3, memory: 100) })
        cluster.settle()
        #expect(cluster.distribution("web") == [3, 2])
        #expect(try cluster.status("web").observed.pending == 5)
        let message = try #require(cluster.status("web").instances.last?.message)
        #expect(message.contains("1 lacks 0.3 cores") && message.contains("1 lacks 100 MiB"))
        #expect(cluster.state.nodeRecords()[0].allocated == Capacity(cpu: 0.9, memory: 300))
    }

    @Test func aCapacityThatIsNotSaidRefusesNothing() {
        var cluster = ModelCluster(nodes: 1)
        cluster.apply(service("web", replicas: 3) { $0.resources = Resources(cpu: 1000, memory: 1e9) })
        cluster.settle()
        #expect(cluster.distribution("web") == [3])
    }

    @Test func aFixedPortIsHeldOnceOnANodeAcrossServices() throws {
        var cluster = ModelCluster(nodes: 2)
        cluster.apply(
            service("a", replicas: 3) { $0.ports = [Port(name: "http", port: 80)] },
            service("b") { $0.ports = [Port(name: "http", port: 81)] },
            service("c") { $0.ports = [Port(name: "http", port: 81)] },
            service("d") { $0.ports = [Port(name: "http", port: 81)] })
        cluster.settle()
        #expect(cluster.distribution("a") == [1, 1])
        #expect(cluster.distribution("b", "c", "d") == [1, 1])
        #expect(try cluster.status("a").instances.last?.message?.contains("2 have port 80 in use") == true)
    }

    @Test func pendingReplicasArePlacedWhenANodeComes() throws {
        var cluster = ModelCluster()
        cluster.apply(service("web", replicas: 2))
        #expect(try cluster.status("web").status == .pending)
        #expect(try cluster.status("web").instances.map(\.state) == [.pending, .pending])
        #expect(try cluster.status("web").instances[0].message == "Waits for a node: none has connected yet.")
        cluster.connect("node-1")
        cluster.settle()
        #expect(cluster.distribution("web") == [2])
        #expect(try cluster.status("web").status == .running)
    }

    @Test func pendingReplicasArePlacedWhenRoomComes() throws {
        var cluster = ModelCluster()
        cluster.connect("node-1") { $0.capacity = Capacity(cpu: 1) }
        cluster.apply(service("a") { $0.resources.cpu = 1 }, service("b") { $0.resources.cpu = 1 })
        cluster.settle()
        #expect(try cluster.status("b").observed.pending == 1)
        _ = cluster.request(.remove("a"))
        cluster.settle()
        #expect(try cluster.status("b").status == .running)
    }

    @Test func aNodeThatGrowsTakesWhatWaits() throws {
        var cluster = ModelCluster()
        cluster.connect("node-1") { $0.capacity = Capacity(cpu: 1) }
        cluster.apply(service("web", replicas: 2) { $0.resources.cpu = 1 })
        cluster.settle()
        #expect(try cluster.status("web").observed.pending == 1)
        cluster.connect("node-1") { $0.capacity = Capacity(cpu: 2) }
        cluster.settle()
        #expect(try cluster.status("web").observed.ready == 2)
    }

    @Test func roomThatComesWithinAStepIsUsedInIt() {
        var cluster = ModelCluster()
        cluster.connect("node-1") { $0.capacity = Capacity(cpu: 3) }
        cluster.apply(service("b", replicas: 300) { $0.resources.cpu = 0.01 })
        // 256 launches were sent; what waits behind them goes at once.
        var config = OrionConfig()
        config.metadata.name = "another"
        config.spec.services = [service("a") { $0.resources.cpu = 0.4 }]
        cluster.step([
            .request(RequestID(rawValue: 1), .apply(Request.Apply(config: config))),
            .request(RequestID(rawValue: 2), .scale("b", replicas: 0)),
        ])
        #expect(cluster.running("a").count == 1)
    }

    @Test func aNodeTakesFourThousandReplicas() throws {
        var cluster = ModelCluster(nodes: 1)
        cluster.apply(service("web", replicas: 4_001))
        cluster.settle()
        #expect(cluster.distribution("web") == [4_000])
        #expect(try cluster.status("web").observed.pending == 1)
        #expect(try cluster.status("web").instances.last?.message?.contains("4000 replicas") == true)
    }

    @Test func fencesRiseAndNameTheReplicas() throws {
        var cluster = ModelCluster(nodes: 1)
        cluster.apply(service("web", replicas: 40))
        cluster.settle()
        let replicas = cluster.running("web")
        #expect(replicas.map(\.fence.rawValue) == Array(1...40))
        #expect(replicas[0].id == "web-000001")
        #expect(replicas[35].id == "web-000010")
        #expect(cluster.store.cluster.lastFence == Fence(rawValue: 40))
    }

    @Test func aServiceStartsOnceItsDependenciesAreReady() throws {
        var cluster = ModelCluster(nodes: 1)
        cluster.agents["node-1"]?.broken = ["db"]
        cluster.apply(service("web") { $0.dependencies = ["db"] }, service("db"))
        cluster.settle()
        #expect(cluster.distribution("web", "db") == [1])
        #expect(try cluster.status("web").instances[0].message == "Waits for its dependency db to be ready.")
        cluster.agents["node-1"]?.broken = []
        cluster.settle()
        #expect(try cluster.status("web").status == .running)
    }

    @Test func dependenciesHoldBackNothingAfterTheFirstStart() throws {
        var cluster = ModelCluster(nodes: 1)
        cluster.apply(service("web") { $0.dependencies = ["db"] }, service("db"))
        cluster.settle()
        _ = cluster.request(.scale("db", replicas: 0))
        _ = cluster.request(.scale("web", replicas: 2))
        cluster.settle()
        #expect(try cluster.status("web").observed.ready == 2)
    }
}
