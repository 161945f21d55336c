import OrionCore
import Testing

@testable import OrionScheduler

@Suite struct RestartTests {
    private func running(
        nodes: Int = 2, replicas: Int = 1, _ change: (inout ServiceSpecification) -> Void = { _ in }
    ) -> ModelCluster {
        var cluster = ModelCluster(nodes: nodes)
        cluster.apply(service("web", replicas: replicas, change))
        cluster.advance(5)
        cluster.forgetHeard()
        return cluster
    }

    /// An exit of the service's first replica, restarted by its agent.
    private func crash(_ cluster: inout ModelCluster) {
        guard let replica = cluster.running("web").first else { return }
        cluster.agents[replica.node]?.set(replica.id, .backoff)
        cluster.settle()
        guard cluster.agents[replica.node]?.records[replica.id]?.phase == .backoff else { return }
        cluster.agents[replica.node]?.records[replica.id]?.restarts += 1
        cluster.agents[replica.node]?.set(replica.id, .starting)
        cluster.settle()
    }

    /// The end of the service's first replica.
    private func end(_ cluster: inout ModelCluster, _ phase: ReplicaPhase) {
        guard let replica = cluster.running("web").first else { return }
        cluster.agents[replica.node]?.set(replica.id, phase)
        cluster.settle()
    }

    @Test func restartsAreCountedAndTheReplicaStays() throws {
        var cluster = running()
        crash(&cluster)
        #expect(cluster.running("web").map(\.id) == ["web-000001"])
        #expect(cluster.running("web").map(\.restarts) == [1])
        #expect(try cluster.status("web").observed.ready == 1)
    }

    @Test func threeExitsInARowMoveTheReplica() throws {
        var cluster = running()
        for _ in 1...3 { crash(&cluster) }
        cluster.advance(5)
        #expect(cluster.running("web").map(\.node) == ["node-2"])
        #expect(cluster.running("web")[0].replaces == "web-000001")
    }

    @Test func exitsAfterALongLifeDoNotMoveTheReplica() throws {
        var cluster = running()
        for _ in 1...5 {
            crash(&cluster)
            cluster.advance(61)
        }
        #expect(cluster.running("web").map(\.id) == ["web-000001"])
    }

    @Test func withoutAnotherNodeTheReplicaStays() throws {
        var cluster = running(nodes: 1)
        for _ in 1...3 { crash(&cluster) }
        cluster.advance(5)
        #expect(cluster.running("web").map(\.id) == ["web-000001"])
        #expect(try cluster.status("web").observed.pending == 0)
    }

    @Test func aCrashLoopMovesMoreAndMoreSlowly() throws {
        var cluster = running()
        for _ in 1...120 {
            for _ in 1...3 { crash(&cluster) }
            cluster.advance(1)
        }
        #expect(cluster.store.cluster.lastFence.rawValue < 12)
    }

    /// Also where one may be missing, with or without one beside it.
    @Test(arguments: [Amount.count(0), .count(1)])
    func aCrashLoopIsSlowerThoughSomeMayBeMissing(_ surge: Amount) throws {
        var cluster = running {
            $0.update.maxUnavailable = .count(1)
            $0.update.maxSurge = surge
        }
        for _ in 1...120 {
            for _ in 1...3 { crash(&cluster) }
            cluster.advance(1)
        }
        #expect((3..<12).contains(cluster.store.cluster.lastFence.rawValue))
    }

    /// The next in turn would be its own node.
    @Test func itLeavesItsNodeWhereNoneMayRunBesideIt() throws {
        var cluster = running(replicas: 2) {
            $0.update.maxUnavailable = .count(1)
            $0.update.maxSurge = .count(0)
        }
        let first = cluster.running("web")[0]
        for _ in 1...3 { crash(&cluster) }
        cluster.advance(5)
        #expect(cluster.running("web").allSatisfy { $0.id != first.id && $0.node != first.node })
    }

    @Test func whatFailedIsReplacedWithBackOff() throws {
        var cluster = running()
        end(&cluster, .failed)
        #expect(cluster.running("web").isEmpty)
        #expect(try cluster.status("web").observed.failed == 1)
        #expect(try cluster.status("web").observed.pending == 1)
        cluster.advance(0.11)
        #expect(cluster.running("web").map(\.replaces) == ["web-000001"])
        #expect(cluster.agents["node-1"]?.records.isEmpty == true)
        #expect(cluster.store.replicas.count == 1)
        end(&cluster, .failed)
        cluster.advance(0.15)
        #expect(cluster.running("web").isEmpty)
        cluster.advance(0.1)
        #expect(cluster.running("web").count == 1)
    }

    @Test func theBackOffStartsAnewAfterALongLife() throws {
        var cluster = running()
        for _ in 1...4 {
            end(&cluster, .failed)
            cluster.advance(1)
        }
        cluster.advance(61)
        end(&cluster, .failed)
        cluster.advance(0.11)
        #expect(cluster.running("web").count == 1)
    }

    @Test func aChangedServiceIsTriedAgainAtOnce() throws {
        var cluster = running()
        for _ in 1...8 {
            end(&cluster, .failed)
            cluster.advance(20)
        }
        end(&cluster, .failed)
        #expect(cluster.running("web").isEmpty)
        cluster.apply(service("web") { $0.entry = "fixed.ts" })
        cluster.settle()
        #expect(cluster.running("web").contains { $0.generation == 2 })
    }

    @Test func withNeverAnExitIsFinal() throws {
        var cluster = running { $0.restart.policy = .never }
        end(&cluster, .failed)
        cluster.advance(600)
        #expect(cluster.running("web").isEmpty)
        #expect(cluster.store.replicas.count == 1)
        #expect(try cluster.status("web").status == .degraded)
        #expect(cluster.agents["node-1"]?.records.isEmpty == true)
    }

    /// A machine that has forgotten a replica has lost it; only an exit is the policy's concern.
    @Test(arguments: [RestartPolicy.Policy.never, .onFailure, .always])
    func whatAnAgentForgotIsReplacedWhateverThePolicy(_ policy: RestartPolicy.Policy) throws {
        var cluster = running { spec in
            spec.restart.policy = policy
            spec.restart.maxAttempts = 0
        }
        let before = cluster.running("web").map(\.id)
        cluster.disconnect("node-1")
        cluster.agents["node-1"]?.records = [:]
        cluster.connect("node-1")
        cluster.advance(600)
        #expect(cluster.running("web").count == 1)
        #expect(cluster.running("web").map(\.id) != before)
        #expect(try cluster.status("web").status == .running)
    }

    @Test func withOnFailureSuccessIsFinalAndFailureIsNot() throws {
        var cluster = running(replicas: 2) { $0.restart.policy = .onFailure }
        end(&cluster, .succeeded)
        cluster.advance(600)
        #expect(cluster.running("web").count == 1)
        end(&cluster, .failed)
        cluster.advance(600)
        #expect(cluster.running("web").count == 1)
        #expect(try cluster.status("web").instances.map(\.state).contains(.succeeded))
    }

    @Test func usedUpRestartsFailTheService() throws {
        var cluster = running { $0.restart.maxAttempts = 3 }
        for _ in 1...3 { crash(&cluster) }
        end(&cluster, .failed)
        cluster.advance(600)
        #expect(cluster.running("web").isEmpty)
        #expect(try cluster.status("web").status == .failed)
        #expect(cluster.store.replicas["web-000001"]?.node == "node-1")
    }

    @Test func aNewGenerationReplacesWhatEndedForGood() throws {
        var cluster = running { $0.restart.maxAttempts = 0 }
        end(&cluster, .failed)
        #expect(try cluster.status("web").status == .failed)
        cluster.apply(service("web") { $0.entry = "fixed.ts" })
        cluster.advance(5)
        #expect(cluster.running("web").count == 1)
        #expect(try cluster.status("web").status == .running)
    }

    @Test(arguments: [RestartPolicy.Policy.never, .onFailure])
    func whatEndedForGoodIsReplacedOnceItIsToBeRestarted(_ policy: RestartPolicy.Policy) throws {
        var cluster = running(replicas: 2) { $0.restart.policy = policy }
        end(&cluster, .succeeded)
        cluster.advance(60)
        #expect(cluster.running("web").map(\.id) == ["web-000002"])
        cluster.apply(service("web", replicas: 2) { $0.restart.policy = .always })
        cluster.advance(5)
        // Nothing else is touched.
        #expect(cluster.running("web").map(\.id) == ["web-000002", "web-000003"])
        #expect(try cluster.status("web").status == .running)
        #expect(cluster.store.replicas.count == 2)
    }

    @Test func moreRestartsAreTriedWhereTheyWereUsedUp() throws {
        var cluster = running { $0.restart.maxAttempts = 0 }
        end(&cluster, .failed)
        #expect(try cluster.status("web").status == .failed)
        cluster.apply(service("web") { $0.restart.maxAttempts = 2 })
        cluster.advance(5)
        #expect(cluster.running("web").count == 1)
        #expect(try cluster.status("web").status == .running)
    }

    /// It ended while it was to be restarted, and only waits for that.
    @Test func whatWaitsToBeReplacedIsReplacedUnderAnyLaterPolicy() throws {
        var cluster = running(nodes: 1)
        _ = cluster.request(.cordon("node-1"))
        end(&cluster, .failed)
        cluster.apply(service("web") { $0.restart.policy = .never })
        cluster.advance(60)
        #expect(try cluster.status("web").observed.pending == 1)
        _ = cluster.request(.uncordon("node-1"))
        cluster.advance(5)
        #expect(cluster.running("web").count == 1)
    }

    @Test func anEndedReplicaIsForgottenByItsAgent() throws {
        var cluster = running { $0.restart.policy = .never }
        end(&cluster, .succeeded)
        #expect(cluster.heard("node-1") == ["stop web-000001"])
        #expect(cluster.agents["node-1"]?.records.isEmpty == true)
        #expect(cluster.store.replicas["web-000001"]?.state == .succeeded)
    }
}
