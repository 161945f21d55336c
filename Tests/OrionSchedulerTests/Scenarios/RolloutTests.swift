import OrionCore
import Testing

@testable import OrionScheduler

@Suite struct RolloutTests {
    /// A service of three ready replicas.
    private func running(nodes: Int = 3, _ change: (inout ServiceSpecification) -> Void = { _ in }) -> ModelCluster {
        var cluster = ModelCluster(nodes: nodes)
        cluster.apply(service("web", replicas: 3, change))
        cluster.advance(5)
        cluster.forgetHeard()
        return cluster
    }

    private func newer(_ change: (inout ServiceSpecification) -> Void = { _ in }) -> ServiceSpecification {
        service("web", replicas: 3) { specification in
            change(&specification)
            specification.env = ["VERSION": "2"]
        }
    }

    @Test func oneReplicaAtATimeNewBeforeOld() throws {
        var cluster = running()
        cluster.apply(newer())
        cluster.settle()
        #expect(cluster.running("web").map(\.generation) == [1, 1, 1, 2])
        #expect(try cluster.status("web").status == .updating)
        cluster.advance(1.9)
        #expect(cluster.running("web").map(\.generation) == [1, 1, 1, 2])
        cluster.advance(0.2)
        #expect(cluster.running("web").map(\.generation) == [1, 1, 2, 2])
        #expect(try cluster.status("web").rollout.updated == 2)
        cluster.advance(10)
        #expect(cluster.running("web").map(\.generation) == [2, 2, 2])
        #expect(try cluster.status("web").status == .running)
        #expect(try cluster.status("web").rollout.state == .complete)
        #expect(cluster.agents.values.flatMap(\.live).count == 3)
    }

    @Test func aGenerationThatDoesNotBecomeReadyStopsNothing() throws {
        var cluster = running()
        let old = cluster.running("web").map(\.id)
        for id in cluster.agents.keys { cluster.agents[id]?.broken = ["web"] }
        cluster.apply(newer())
        cluster.advance(119)
        #expect(cluster.running("web").prefix(3).map(\.id) == old)
        #expect(cluster.running("web").map(\.generation) == [1, 1, 1, 2])
        #expect(try cluster.status("web").observed.ready == 3)
    }

    @Test func aLaterGenerationReplacesOneThatNeverBecameReady() throws {
        var cluster = running()
        for id in cluster.agents.keys { cluster.agents[id]?.broken = ["web"] }
        cluster.apply(newer())
        cluster.settle()
        for id in cluster.agents.keys { cluster.agents[id]?.broken = [] }
        cluster.apply(newer { $0.entry = "fixed.ts" })
        cluster.advance(20)
        #expect(cluster.running("web").map(\.generation) == [3, 3, 3])
    }

    @Test func aLostReplicaIsReplacedInTheOldGenerationUntilTheNewOneHasBeenReady() throws {
        var cluster = running(nodes: 4)
        for id in cluster.agents.keys { cluster.agents[id]?.broken = ["web"] }
        cluster.apply(newer())
        cluster.settle()
        let victim = try #require(cluster.running("web").first?.node)
        cluster.disconnect(victim)
        cluster.advance(11)
        #expect(cluster.running("web").map(\.generation).sorted() == [1, 1, 1, 2])
    }

    @Test func aFailedReplicaIsReplacedInTheOldGenerationUntilTheNewOneHasBeenReady() throws {
        var cluster = running(nodes: 4)
        for id in cluster.agents.keys { cluster.agents[id]?.broken = ["web"] }
        cluster.apply(newer())
        cluster.settle()
        let victim = try #require(cluster.running("web").first)
        cluster.agents[victim.node]?.set(victim.id, .failed)
        cluster.advance(1)
        #expect(cluster.running("web").map(\.generation).sorted() == [1, 1, 1, 2])
    }

    @Test func aLostReplicaIsReplacedInTheNewGenerationOnceThatHasBeenReady() throws {
        var cluster = running(nodes: 4)
        cluster.apply(newer())
        cluster.settle()
        let victim = try #require(cluster.running("web").first?.node)
        cluster.agents = cluster.agents.mapValues { agent in
            var agent = agent
            agent.broken = ["web"]
            return agent
        }
        cluster.disconnect(victim)
        cluster.advance(11)
        #expect(!cluster.running("web").suffix(2).map(\.generation).contains(1))
    }

    @Test func aLostReplicaIsReplacedInTheNewestGenerationThatHasBeenReady() throws {
        var cluster = running(nodes: 4)
        cluster.apply(newer())
        cluster.advance(1)
        #expect(cluster.running("web").map(\.generation) == [1, 1, 1, 2])
        for id in cluster.agents.keys { cluster.agents[id]?.broken = ["web"] }
        cluster.apply(newer { $0.entry = "broken.ts" })
        cluster.settle()
        // What has been ready is remembered over a restart.
        try cluster.restartControlPlane()
        for id in cluster.agents.keys.sorted() { cluster.connect(id) }
        cluster.advance(11)
        let victim = try #require(cluster.running("web").first)
        cluster.agents[victim.node]?.set(victim.id, .failed)
        cluster.advance(1)
        #expect(cluster.running("web").last?.generation == 2)
    }

    @Test func aLostReplicaIsReplacedInAGenerationThatWasNeverComplete() throws {
        var cluster = running(nodes: 2) { $0.ports = [Port(name: "http", port: 80)] }
        #expect(try cluster.status("web").observedGeneration == 0)
        for id in cluster.agents.keys { cluster.agents[id]?.broken = ["web"] }
        cluster.connect("node-3")
        cluster.agents["node-3"]?.broken = ["web"]
        cluster.settle()
        cluster.apply(newer())
        cluster.settle()
        let victim = try #require(cluster.running("web").first { $0.generation == 1 })
        cluster.agents[victim.node]?.set(victim.id, .failed)
        cluster.advance(1)
        #expect(cluster.running("web").last?.generation == 1)
    }

    @Test func readyReplicasAreJudgedByAChangedMinReadySeconds() throws {
        var cluster = running()
        #expect(try cluster.status("web").rollout.available == 3)
        cluster.apply(service("web", replicas: 3) { $0.update.minReadySeconds = 20 })
        cluster.settle()
        #expect(try cluster.status("web").rollout.available == 0)
        cluster.advance(20)
        #expect(try cluster.status("web").rollout.available == 3)
        cluster.forgetHeard()
        cluster.apply(service("web", replicas: 3) { $0.update.minReadySeconds = 10 })
        #expect(try cluster.status("web").rollout.available == 3)
        #expect(try cluster.status("web").observedGeneration == 3)
        cluster.settle()
        for id in cluster.agents.keys { #expect(cluster.heard(id).isEmpty) }
    }

    @Test func whatNeedsNoNewProcessesIsSentAsUpdate() throws {
        var cluster = running()
        let before = cluster.running("web").map(\.id)
        let result = try cluster.apply(service("web", replicas: 3) { $0.stop.gracePeriodSeconds = 1 }).result
        #expect(result.changes[0].generation == 2 && result.changes[0].fields == ["stop.gracePeriodSeconds"])
        cluster.advance(60)
        #expect(cluster.running("web").map(\.id) == before)
        #expect(cluster.running("web").map(\.generation) == [2, 2, 2])
        for id in cluster.agents.keys { #expect(cluster.heard(id) == ["update web"]) }
        #expect(cluster.store.generations["web"]?[2]?.restartFrom == 1)
        #expect(try cluster.status("web").status == .running)
        #expect(try cluster.status("web").observedGeneration == 2)
    }

    @Test func anUpdateDuringARolloutIsNotRepeatedForWhatCannotTakeItOver() throws {
        var cluster = running()
        for id in cluster.agents.keys { cluster.agents[id]?.broken = ["web"] }
        cluster.apply(newer())
        cluster.settle()
        cluster.apply(newer { $0.stop.gracePeriodSeconds = 1 })
        cluster.advance(60)
        let updates = cluster.agents.values.flatMap(\.heard).filter { $0 == "update web" }
        #expect(updates.count == 1)
        #expect(cluster.running("web").map(\.generation) == [1, 1, 1, 3])
    }

    @Test func anUpdateThatAnAgentMissedIsSentWhenItComesBack() throws {
        var cluster = running()
        cluster.disconnect("node-2")
        cluster.apply(service("web", replicas: 3) { $0.stop.gracePeriodSeconds = 1 })
        cluster.settle()
        cluster.connect("node-2")
        cluster.settle()
        #expect(cluster.heard("node-2") == ["welcome", "update web"])
        cluster.advance(30)
        #expect(cluster.heard("node-2") == ["welcome", "update web"])
    }

    @Test func anUpdateThatAnAgentMissedIsSentThoughNewProcessesAreWantedByThen() throws {
        var cluster = running { $0.update.autoRollback = false }
        cluster.disconnect("node-2")
        let patient = service("web", replicas: 3) {
            $0.update.autoRollback = false
            $0.stop.gracePeriodSeconds = 1
        }
        cluster.apply(patient)
        cluster.settle()
        for id in cluster.agents.keys { cluster.agents[id]?.broken = ["web"] }
        cluster.apply(
            newer {
                $0.update = patient.update
                $0.stop = patient.stop
            })
        cluster.settle()
        cluster.connect("node-2")
        cluster.settle()
        #expect(cluster.heard("node-2").filter { $0.hasPrefix("update") } == ["update web"])
        let held = try #require(cluster.agents["node-2"]?.records.values.first { $0.generation < 3 })
        #expect(held.generation == 2 && held.specification.value.stop.gracePeriodSeconds == 1)
        cluster.advance(60)
        #expect(cluster.heard("node-2").filter { $0.hasPrefix("update") } == ["update web"])
    }

    @Test func aRestartReplacesEveryReplicaWithoutAChangedSpecification() throws {
        var cluster = running()
        let old = Set(cluster.running("web").map(\.id))
        let result = try cluster.request(.restart("web")).result
        #expect(result.changes == [ServiceChange(service: "web", action: .updated, generation: 2)])
        #expect(cluster.store.generations["web"]?[2]?.restartFrom == 2)
        cluster.advance(20)
        #expect(old.isDisjoint(with: cluster.running("web").map(\.id)))
        #expect(cluster.running("web").count == 3)
    }

    @Test func aFixedPortThatOnlyOldReplicasHoldIsFreedFirstAndApplySaysSo() throws {
        var cluster = running { $0.ports = [Port(name: "http", port: 80)] }
        let result = try cluster.apply(newer { $0.ports = [Port(name: "http", port: 80)] }).result
        #expect(result.warnings.count == 1 && result.warnings[0].message.contains("stopped before its successor"))
        #expect(result.warnings[0].path == [.key("spec"), .key("services"), .index(0)])
        cluster.settle()
        #expect(cluster.running("web").map(\.generation) == [1, 1, 2])
        cluster.advance(20)
        #expect(cluster.running("web").map(\.generation) == [2, 2, 2])
        #expect(cluster.distribution("web") == [1, 1, 1])
    }

    @Test func aFreeNodeIsUsedBeforeAnOldReplicaIsStopped() throws {
        var cluster = running(nodes: 4) { $0.ports = [Port(name: "http", port: 80)] }
        let result = try cluster.apply(newer { $0.ports = [Port(name: "http", port: 80)] }).result
        #expect(result.warnings.isEmpty)
        cluster.settle()
        #expect(cluster.running("web").map(\.generation) == [1, 1, 1, 2])
        cluster.advance(20)
        #expect(cluster.running("web").map(\.generation) == [2, 2, 2])
    }

    @Test func aRolloutGoesOnThoughSomeReplicasFindNoPlace() throws {
        var cluster = running(nodes: 2) { $0.ports = [Port(name: "http", port: 80)] }
        #expect(try cluster.status("web").observed.pending == 1)
        cluster.apply(newer { $0.ports = [Port(name: "http", port: 80)] })
        cluster.advance(20)
        #expect(cluster.running("web").map(\.generation) == [2, 2])
    }

    @Test func moreResourcesThatFitNeedNoNewProcess() throws {
        var cluster = ModelCluster()
        for id in ["node-1", "node-2"] as [NodeID] { cluster.connect(id) { $0.capacity = Capacity(cpu: 2) } }
        cluster.apply(service("web", replicas: 2) { $0.resources.cpu = 0.5 })
        cluster.advance(5)
        let before = cluster.running("web").map(\.id)
        cluster.apply(service("web", replicas: 2) { $0.resources.cpu = 1.5 })
        cluster.advance(20)
        #expect(cluster.running("web").map(\.id) == before)
        #expect(cluster.state.nodeRecords().map(\.allocated.cpu) == [1.5, 1.5])
    }

    @Test func moreResourcesThatDoNotFitMoveTheReplica() throws {
        var cluster = ModelCluster()
        cluster.connect("node-1") { $0.capacity = Capacity(cpu: 1) }
        cluster.apply(service("web") { $0.resources.cpu = 0.5 })
        cluster.advance(5)
        cluster.connect("node-2") { $0.capacity = Capacity(cpu: 2) }
        cluster.apply(service("web") { $0.resources.cpu = 1.5 })
        cluster.advance(20)
        #expect(cluster.distribution("web") == [0, 1])
        #expect(cluster.running("web").map(\.generation) == [2])
    }

    @Test func aDrainMovesReplicasNewBeforeOld() throws {
        var cluster = running()
        _ = cluster.request(.drain("node-1"))
        cluster.settle()
        #expect(cluster.distribution("web").reduce(0, +) == 4)
        cluster.advance(10)
        #expect(cluster.distribution("web").first == 0)
        #expect(cluster.running("web").count == 3)
        #expect(try cluster.status("web").status == .running)
        let node = try cluster.request(.uncordon("node-1")).node
        #expect(node.schedulable && !node.draining)
    }

    @Test func aDrainWithNowhereToGoStopsNothing() throws {
        var cluster = ModelCluster(nodes: 1)
        cluster.apply(service("web", replicas: 2))
        cluster.advance(5)
        _ = cluster.request(.drain("node-1"))
        cluster.advance(60)
        #expect(cluster.distribution("web") == [2])
        cluster.connect("node-2")
        cluster.advance(20)
        #expect(cluster.distribution("web") == [0, 2])
    }

    @Test func aReadyReplicaIsNotStoppedForOneOnASilentNode() throws {
        var cluster = running()
        cluster.apply(newer())
        cluster.settle()
        let new = try #require(cluster.running("web").last)
        cluster.disconnect(new.node)
        cluster.advance(9)
        #expect(cluster.running("web").filter { $0.generation == 1 }.count == 3)
    }

    @Test func aGenerationThatEndsForGoodStopsNoReadyReplica() throws {
        var cluster = running { $0.restart.policy = .never }
        cluster.apply(newer { $0.restart.policy = .never })
        cluster.settle()
        let new = try #require(cluster.running("web").last)
        cluster.agents[new.node]?.set(new.id, .failed)
        cluster.advance(60)
        #expect(cluster.running("web").map(\.generation) == [1, 1, 1])
        // The next one is tried again.
        cluster.apply(newer { $0.entry = "fixed.ts" })
        cluster.advance(60)
        #expect(cluster.running("web").map(\.generation) == [3, 3, 3])
    }

    /// Nothing takes its place, which is no fault of a change that starts nothing anew.
    @Test func aScaleIsCompleteBesideWhatHasFailedForGood() throws {
        var cluster = running { $0.restart.policy = .never }
        let failed = cluster.running("web")[0]
        cluster.agents[failed.node]?.set(failed.id, .failed)
        cluster.settle()
        cluster.apply(service("web", replicas: 4) { $0.restart.policy = .never })
        cluster.advance(5)
        #expect(cluster.running("web").count == 3)
        let status = try cluster.status("web")
        #expect(status.rollout.state == .complete && status.observedGeneration == 2)
        #expect(status.status == .degraded && status.observed.failed == 1)
    }

    @Test func anOldReplicaThatCameBackDoesNotStayForOneThatHasFailedForGood() throws {
        var cluster = running { $0.restart.policy = .never }
        let old = cluster.running("web")[0]
        cluster.disconnect(old.node)
        cluster.advance(30)
        cluster.apply(newer { $0.restart.policy = .never })
        cluster.advance(60)
        #expect(try cluster.status("web").rollout.state == .complete)
        let failed = cluster.running("web")[0]
        cluster.agents[failed.node]?.set(failed.id, .failed)
        for id in cluster.agents.keys { _ = cluster.request(.cordon(id.rawValue)) }
        cluster.apply(
            newer {
                $0.restart.policy = .never
                $0.replicas = 4
            })
        cluster.connect(old.node)
        cluster.settle()
        #expect(cluster.running("web").map(\.id).contains(old.id))
        for id in cluster.agents.keys { _ = cluster.request(.uncordon(id.rawValue)) }
        cluster.advance(60)
        #expect(cluster.running("web").map(\.generation) == [2, 2, 3])
        #expect(try cluster.status("web").rollout.state == .complete)
    }

    @Test func aReplicaThatIsNotReadyIsReplacedFirst() throws {
        var cluster = running()
        let sick = cluster.running("web")[1]
        cluster.agents[sick.node]?.set(sick.id, .unhealthy)
        cluster.apply(newer())
        cluster.advance(2.1)
        #expect(!cluster.running("web").map(\.id).contains(sick.id))
        #expect(cluster.running("web").filter { $0.generation == 1 }.count == 2)
    }

    @Test func aReplicaOnASilentNodeIsNotGivenUpLightly() throws {
        var cluster = running { $0.restart.policy = .never }
        let silent = cluster.running("web")[0]
        cluster.apply(newer { $0.restart.policy = .never })
        cluster.settle()
        let new = try #require(cluster.running("web").last)
        cluster.agents[new.node]?.set(new.id, .failed)
        cluster.settle()
        cluster.disconnect(silent.node)
        cluster.advance(5)
        #expect(cluster.running("web").map(\.generation) == [1, 1, 1])
    }

    @Test func scalingDownGoesOnThoughTheNodesAreSilent() throws {
        var cluster = running()
        cluster.apply(newer())
        for id in cluster.agents.keys.sorted() { cluster.disconnect(id) }
        _ = cluster.request(.scale("web", replicas: 1))
        #expect(cluster.running("web").count <= 2)
    }

    @Test func tenGenerationsAreKept() throws {
        var cluster = running()
        for number in 1...15 { cluster.apply(newer { $0.entry = "\(number).ts" }) }
        cluster.advance(60)
        #expect(cluster.store.generations["web"]?.count == 10)
        for number in 16...26 {
            cluster.apply(newer { $0.entry = "\(number).ts" })
            cluster.advance(60)
        }
        #expect(cluster.store.generations["web"]?.keys.sorted() == Array(18...27))
    }
}
