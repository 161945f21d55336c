import OrionCore
import Testing

@testable import OrionScheduler

@Suite struct RecordTests {
    @Test func aServiceGoesFromPendingToRunningToStopped() throws {
        var cluster = ModelCluster(nodes: 1)
        cluster.apply(service("web", replicas: 2))
        #expect(try cluster.status("web").status == .pending)
        #expect(try cluster.status("web").rollout.state == .progressing)
        cluster.settle()
        #expect(try cluster.status("web").status == .running)
        #expect(try cluster.status("web").observed.running == 2)
        cluster.advance(3)
        #expect(try cluster.status("web").rollout.state == .complete)
        #expect(try cluster.status("web").rollout.available == 2)
        cluster.agents["node-1"]?.set("web-000001", .unhealthy)
        cluster.settle()
        #expect(try cluster.status("web").status == .degraded)
        #expect(try cluster.status("web").observed.running == 2)
        #expect(try cluster.status("web").observed.ready == 1)
        _ = cluster.request(.scale("web", replicas: 0))
        #expect(try cluster.status("web").status == .stopped)
    }

    @Test func aDrainWhileAFirstGenerationStartsIsNoUpdate() throws {
        var cluster = ModelCluster(nodes: 3)
        cluster.afterStep = { $0.checkInvariants(before: $1, events: $2, decision: $3) }
        cluster.agents["node-3"]?.broken = ["web"]
        cluster.apply(service("web", replicas: 3))
        cluster.advance(5)
        _ = cluster.request(.drain("node-1"))
        let status = try cluster.status("web")
        #expect(status.observedGeneration == 0 && status.rollout.state == .progressing)
        #expect(status.status == .degraded)
        #expect(cluster.violation == nil)
    }

    /// Also once nothing is left of the first one.
    @Test func aSecondGenerationIsAnUpdateThoughTheFirstWasNeverComplete() throws {
        var cluster = ModelCluster(nodes: 1)
        cluster.afterStep = { $0.checkInvariants(before: $1, events: $2, decision: $3) }
        cluster.agents["node-1"]?.broken = ["web"]
        var web = service("web") { specification in
            specification.update.maxSurge = .count(0)
            specification.update.maxUnavailable = .count(1)
        }
        cluster.apply(web)
        cluster.advance(5)
        web.entry = "v2.ts"
        cluster.apply(web)
        cluster.advance(5)
        #expect(cluster.running("web").map(\.generation) == [2])
        #expect(try cluster.status("web").status == .updating)
        #expect(cluster.violation == nil)
    }

    @Test func whatHasNoProcessIsPending() throws {
        var cluster = ModelCluster(nodes: 1)
        cluster.apply(service("web", replicas: 2))
        #expect(try cluster.status("web").observed.pending == 2)
        cluster.settle()
        #expect(try cluster.status("web").observed.pending == 0)
        cluster.agents["node-1"]?.set("web-000001", .backoff)
        cluster.settle()
        #expect(try cluster.status("web").observed.pending == 1)
        #expect(try cluster.status("web").observed.running == 1)
    }

    @Test func anInstanceTellsWhatItsAgentSaid() throws {
        var cluster = ModelCluster(nodes: 1)
        cluster.apply(service("web"))
        cluster.settle()
        var status = ReplicaStatus(service: "web", replicaId: "web-000001", state: .ready)
        status.restarts = 2
        status.startedAt = Timestamp(milliseconds: 5)
        status.ports = ["http": 4000]
        status.signal = "SIGKILL"
        status.message = "hello"
        cluster.event(.status(status), of: "node-1")
        var heartbeat = Heartbeat(timestamp: Timestamp(milliseconds: 0), metrics: Usage(cpu: 1, memory: 2))
        heartbeat.replicas = ["web-000001": Usage(cpu: 3, memory: 4)]
        cluster.event(.heartbeat(heartbeat, receivedAt: cluster.now.wall), of: "node-1")
        let instance = try #require(cluster.status("web").instances.first)
        #expect(instance.nodeId == "node-1" && instance.node == "node-1" && instance.address == "node-1.example")
        #expect(instance.restarts == 2 && instance.ports == ["http": 4000] && instance.signal == "SIGKILL")
        #expect(instance.startedAt == Timestamp(milliseconds: 5) && instance.message == "hello")
        #expect(instance.metrics == Usage(cpu: 3, memory: 4) && instance.generation == 1)
    }

    @Test func restartsNeverFall() throws {
        var cluster = ModelCluster(nodes: 1)
        cluster.apply(service("web"))
        cluster.settle()
        var status = ReplicaStatus(service: "web", replicaId: "web-000001", state: .ready)
        status.restarts = 5
        cluster.event(.status(status), of: "node-1")
        status.restarts = 1
        cluster.event(.status(status), of: "node-1")
        #expect(try cluster.status("web").instances[0].restarts == 5)
    }

    @Test func recordsAreSortedByName() {
        var cluster = ModelCluster()
        for id in ["z", "a", "m"] as [NodeID] { cluster.connect(id) }
        cluster.apply(service("z"), service("a"), service("m"))
        #expect(cluster.state.serviceRecords().map(\.specification.value.name) == ["a", "m", "z"])
        #expect(cluster.state.nodeRecords().map(\.name) == ["a", "m", "z"])
    }

    @Test func aNodeTellsWhatIsReservedOnIt() throws {
        var cluster = ModelCluster()
        cluster.connect("node-1") { $0.capacity = Capacity(cpu: 4, memory: 1024) }
        cluster.apply(service("web", replicas: 2) { $0.resources = Resources(cpu: 0.5, memory: 100) })
        cluster.settle()
        let node = try cluster.state.nodeRecord("node-1")
        #expect(node.capacity == Capacity(cpu: 4, memory: 1024))
        #expect(node.allocated == Capacity(cpu: 1, memory: 200) && node.replicas == 2 && node.connected)
    }

    @Test func aNodeIsForgottenWithItsReplicas() throws {
        var cluster = ModelCluster(nodes: 2)
        cluster.apply(service("web", replicas: 2))
        cluster.advance(5)
        let heartbeat = Heartbeat(timestamp: cluster.now.wall, metrics: Usage(cpu: 1, memory: 2))
        cluster.event(.heartbeat(heartbeat, receivedAt: cluster.now.wall), of: "node-1")
        #expect(try cluster.request(.forget("node-1")).error.code == .conflict)
        cluster.disconnect("node-1")
        guard case .forgotten(let id) = cluster.request(.forget("node-1")) else {
            throw UnexpectedAnswer(answer: "not forgotten")
        }
        cluster.settle()
        #expect(id == "node-1" && cluster.store.nodes["node-1"] == nil)
        #expect(cluster.distribution("web").last == 2)
        cluster.connect("node-1")
        cluster.settle()
        #expect(cluster.agents["node-1"]?.live.isEmpty == true)
        #expect(try cluster.state.nodeRecord("node-1").lastHeartbeat == nil)
    }

    @Test func aServiceWithoutReplicasIsStoppedAndComplete() throws {
        var cluster = ModelCluster(nodes: 1)
        cluster.apply(service("db"), service("web", replicas: 0) { $0.dependencies = ["db"] })
        cluster.agents["node-1"]?.broken = ["db"]
        cluster.settle()
        #expect(try cluster.status("web").status == .stopped)
        #expect(try cluster.status("web").rollout.state == .complete)
        // Its first start still waits for what it depends on.
        _ = cluster.request(.scale("web", replicas: 1))
        cluster.settle()
        #expect(try cluster.status("web").observed.pending == 1)
    }
}
