import HashTreeCollections
import OrionCore
import Testing

@testable import OrionScheduler

/// What must not run twice keeps its place until it has ended, whatever happens meanwhile.
@Suite struct LeaseTests {
    private func bound(
        replicas: Int = 1, stopAfter: Double = 20, _ change: (inout ServiceSpecification) -> Void = { _ in }
    ) -> ServiceSpecification {
        service("web", replicas: replicas) { specification in
            specification.disconnect.overlap = false
            specification.disconnect.stopAfterSeconds = stopAfter
            change(&specification)
        }
    }

    private func running(nodes: Int = 2, _ specification: ServiceSpecification) -> ModelCluster {
        var cluster = ModelCluster(nodes: nodes)
        cluster.apply(specification)
        cluster.advance(5)
        return cluster
    }

    /// Another agent of node-1 comes, which knows nothing of what the one before runs.
    private func replaceAgent(of cluster: inout ModelCluster) {
        cluster.agents["node-1"]?.records = [:]
        cluster.agents["node-1"]?.instance += 1
        cluster.disconnect("node-1")
        cluster.connect("node-1")
        cluster.advance(5)
    }

    @Test func aRolloutDoesNotTakeThePlaceOfWhatMayStillRun() {
        var cluster = running(nodes: 3, bound(replicas: 2, stopAfter: 300))
        cluster.disconnect("node-1")
        cluster.advance(15)
        cluster.apply(bound(replicas: 2, stopAfter: 300) { $0.entry = "new.ts" })
        cluster.advance(200)
        #expect(cluster.running("web").map(\.generation) == [1, 2])
        cluster.advance(200)
        #expect(cluster.running("web").map(\.generation) == [2, 2])
    }

    /// Whether a replica has another in its place because it was gone, or because of a rollout, is not stored.
    @Test func aStartDoesNotTakeThePlaceOfWhatARolloutWasToReplace() throws {
        let slow = { (entry: String) in
            bound(replicas: 2, stopAfter: 100) { specification in
                specification.entry = entry
                specification.update.minReadySeconds = 60
            }
        }
        var cluster = running(nodes: 3, slow("old.ts"))
        cluster.apply(slow("new.ts"))
        cluster.advance(5)
        let new = try #require(cluster.running("web").last)
        let original = try #require(cluster.running("web").first { $0.id == new.replaces })
        #expect(cluster.running("web").count == 3)
        #expect(original.node != new.node)
        cluster.disconnect(original.node)
        cluster.advance(15)
        try cluster.restartControlPlane()
        for node in ["node-1", "node-2", "node-3"] as [NodeID] where node != original.node { cluster.connect(node) }
        cluster.advance(40)
        #expect(cluster.running("web").count == 2)
        cluster.advance(200)
        #expect(cluster.running("web").map(\.generation) == [2, 2])
    }

    @Test func aRolloutThatMayPlaceNothingYetDoesNotFail() throws {
        var cluster = running(bound(stopAfter: 300))
        cluster.disconnect("node-1")
        cluster.advance(15)
        cluster.apply(bound(stopAfter: 300) { $0.entry = "new.ts" })
        cluster.advance(250)
        #expect(cluster.running("web").isEmpty)
        #expect(try cluster.status("web").rollout.state == .progressing)
        cluster.advance(60)
        #expect(cluster.running("web").map(\.generation) == [2])
        #expect(try cluster.status("web").rollout.state == .complete)
    }

    @Test func oneThatWasLostBeforeDoesNotTakeThePlaceOfWhatMayStillRun() {
        var cluster = running(nodes: 3, bound(replicas: 2))
        cluster.disconnect("node-1")
        cluster.advance(15)
        cluster.apply(bound(replicas: 1))
        cluster.advance(60)
        cluster.disconnect("node-2")
        cluster.advance(25)
        #expect(cluster.running("web").isEmpty)
        cluster.advance(10)
        #expect(cluster.running("web").map(\.node) == ["node-3"])
    }

    @Test func anOriginalThatIsBackAndHasEndedDoesNotEndTheWaitForItsReplacement() {
        var cluster = running(nodes: 3, bound())
        cluster.disconnect("node-1")
        cluster.advance(35)
        #expect(cluster.running("web").map(\.node) == ["node-2"])
        cluster.disconnect("node-2")
        cluster.advance(15)
        cluster.connect("node-1")
        cluster.advance(10)
        #expect(cluster.running("web").isEmpty)
        cluster.advance(10)
        #expect(cluster.running("web").count == 1)
    }

    @Test func aNewReplicaThatIsLostBeforeItIsReadyKeepsItsPlace() {
        var cluster = running(nodes: 3, bound())
        for id in cluster.agents.keys { cluster.agents[id]?.broken = ["web"] }
        cluster.apply(bound { $0.entry = "new.ts" })
        cluster.settle()
        cluster.disconnect("node-2")
        cluster.advance(25)
        #expect(cluster.running("web").map(\.generation) == [1])
        cluster.advance(10)
        #expect(cluster.running("web").map(\.generation) == [1, 2])
    }

    @Test func whatIsTooMuchByNowKeepsNoPlace() throws {
        let waiting = { (replicas: Int) in
            service("web", replicas: replicas) { $0.disconnect.replaceAfterSeconds = 3_600 }
        }
        var cluster = running(waiting(3))
        cluster.disconnect("node-1")
        cluster.advance(15)
        cluster.apply(waiting(1))
        let last = try #require(cluster.running("web").first)
        cluster.agents[last.node]?.set(last.id, .failed)
        cluster.advance(10)
        #expect(cluster.running("web").map(\.replaces) == [last.id])
    }

    @Test func whatIsTooMuchByNowKeepsAPlaceWhereItMustNotRunBesideAnother() throws {
        var cluster = running(nodes: 3, bound(replicas: 2))
        cluster.disconnect("node-1")
        cluster.advance(15)
        cluster.apply(bound(replicas: 1))
        let last = try #require(cluster.running("web").first)
        cluster.agents[last.node]?.set(last.id, .failed)
        cluster.advance(15)
        #expect(cluster.running("web").isEmpty)
        cluster.advance(5)
        #expect(cluster.running("web").map(\.replaces) == [last.id])
    }

    @Test func anotherAgentOfTheNodeIsNoProofAfterARestartOfTheControlPlaneEither() throws {
        var cluster = running(bound())
        let id = cluster.running("web")[0].id
        replaceAgent(of: &cluster)
        try cluster.restartControlPlane()
        cluster.connect("node-1")
        cluster.connect("node-2")
        cluster.advance(31)
        #expect(cluster.running("web").isEmpty)
        cluster.advance(1)
        #expect(cluster.running("web").map(\.replaces) == [id])
    }

    @Test func scalingToNoneAndBackIsNoProofEither() {
        var cluster = running(bound())
        replaceAgent(of: &cluster)
        _ = cluster.request(.scale("web", replicas: 0))
        cluster.advance(1)
        _ = cluster.request(.scale("web", replicas: 1))
        cluster.advance(25)
        #expect(cluster.running("web").isEmpty)
        cluster.advance(1)
        #expect(cluster.running("web").count == 1)
    }

    /// Its new policy lets others run beside it; that it may still run at another agent has an end all the same.
    @Test func whatMayRunElsewhereIsForgottenThoughOthersMayRunBesideItByNow() {
        var cluster = running(bound())
        replaceAgent(of: &cluster)
        cluster.apply(bound { $0.disconnect.overlap = true })
        _ = cluster.request(.remove("web"))
        cluster.advance(60)
        #expect(cluster.state.services["web"] == nil)
    }

    @Test func whatARemovedServiceMayStillRunIsWaitedFor() {
        var cluster = running(bound())
        cluster.disconnect("node-1")
        cluster.advance(15)
        _ = cluster.request(.remove("web"))
        cluster.apply(bound())
        cluster.advance(16)
        #expect(cluster.running("web").isEmpty)
        cluster.advance(1)
        #expect(cluster.running("web").map(\.node) == ["node-2"])
    }

    @Test func whatIsStoppedOnASilentNodeIsWaitedFor() {
        var cluster = running(bound { $0.update.maxUnavailable = .count(1) })
        cluster.disconnect("node-1")
        _ = cluster.request(.drain("node-1"))
        cluster.advance(31)
        #expect(cluster.running("web").isEmpty)
        cluster.advance(1)
        #expect(cluster.running("web").map(\.node) == ["node-2"])
    }

    @Test func withoutASurgeTheNewComesOnceTheOldHasEnded() {
        let document = { (entry: String) in
            self.bound { specification in
                specification.entry = entry
                specification.update.maxSurge = .count(0)
                specification.update.maxUnavailable = .count(1)
            }
        }
        var cluster = running(document("old.ts"))
        cluster.agents["node-1"]?.isDeaf = true
        cluster.apply(document("new.ts"))
        cluster.advance(3)
        #expect(cluster.running("web").isEmpty)
        cluster.agents["node-1"]?.isDeaf = false
        cluster.advance(5)
        #expect(cluster.running("web").map(\.generation) == [2])
    }

    @Test func aSurgeCountsWhatIsStillToStop() throws {
        var cluster = running(nodes: 5, bound(replicas: 3))
        cluster.agents["node-1"]?.isDeaf = true
        cluster.apply(bound(replicas: 3) { $0.entry = "new.ts" })
        cluster.advance(3)
        let old = try #require(cluster.running("web").first { $0.generation == 1 && $0.node != "node-1" })
        cluster.agents[old.node]?.set(old.id, .failed)
        cluster.advance(1)
        #expect(cluster.store.replicas.values.count { !$0.state.isFinal } == 4)
    }

    @Test(arguments: [false, true])
    func aLongerLeaseThatItsAgentMayHoldIsNotForgotten(restarts: Bool) throws {
        var cluster = running(bound(stopAfter: 3_600))
        let id = cluster.running("web")[0].id
        cluster.agents["node-1"]?.isDeaf = true
        cluster.apply(bound())
        for replicas in [2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2] {
            _ = cluster.request(.scale("web", replicas: replicas))
            cluster.advance(1)
        }
        cluster.disconnect("node-1")
        if restarts {
            try cluster.restartControlPlane()
            cluster.connect("node-2")
        }
        cluster.advance(3_600)
        #expect(!cluster.store.replicas.values.contains { $0.replaces == id })
        cluster.advance(60)
        #expect(cluster.store.replicas.values.contains { $0.replaces == id })
        #expect(cluster.store.generations["web"]?.count == 10)
    }

    @Test func aLeaseThatIsNewToAServiceEndsAfterARestartOfTheControlPlaneToo() throws {
        var cluster = running(service("web"))
        cluster.apply(bound())
        cluster.advance(5)
        cluster.disconnect("node-1")
        try cluster.restartControlPlane()
        cluster.connect("node-2")
        cluster.advance(32)
        #expect(cluster.running("web").map(\.node) == ["node-2"])
    }

    @Test func whatDisconnectSaysNowHoldsForWhatIsLostAlready() {
        var cluster = running(service("web") { $0.disconnect.replaceAfterSeconds = 3_600 })
        cluster.disconnect("node-1")
        cluster.advance(15)
        cluster.apply(service("web"))
        cluster.advance(1)
        #expect(cluster.running("web").map(\.node) == ["node-2"])
    }
}
