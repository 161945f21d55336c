import HashTreeCollections
import OrionCore
import Testing

@testable import OrionScheduler

/// Orders that get no answer, cross with others, or come too often.
@Suite struct OrderTests {
    private func running(_ change: (inout ServiceSpecification) -> Void = { _ in }) -> ModelCluster {
        var cluster = ModelCluster(nodes: 1)
        cluster.apply(service("web", replicas: 1, change))
        cluster.advance(5)
        cluster.forgetHeard()
        return cluster
    }

    /// The agent hears nothing of what is said to it for a while.
    private func losing(_ cluster: inout ModelCluster, _ change: (inout ModelCluster) -> Void) {
        change(&cluster)
        cluster.agents["node-1"]?.downlink = []
    }

    @Test func aStopThatIsNotAnsweredIsSentAgain() {
        var cluster = running()
        losing(&cluster) { _ = $0.request(.remove("web")) }
        cluster.advance(4.9)
        #expect(cluster.heard("node-1").isEmpty)
        cluster.advance(0.2)
        #expect(cluster.store.services.isEmpty && cluster.agents["node-1"]?.records.isEmpty == true)
    }

    @Test func anUpdateThatIsNotAnsweredIsSentAgain() {
        var cluster = running()
        losing(&cluster) { $0.apply(service("web") { $0.stop.gracePeriodSeconds = 1 }) }
        // Another status is no answer: it tells of the old generation.
        cluster.agents["node-1"]?.report("web-000001")
        cluster.advance(4.9)
        #expect(cluster.heard("node-1").isEmpty)
        cluster.advance(0.2)
        #expect(cluster.heard("node-1") == ["update web"])
        cluster.advance(60)
        #expect(cluster.heard("node-1") == ["update web"])
    }

    @Test func anUpdateOfWhatIsGoneMeanwhileIsNotSentAgain() {
        var cluster = running()
        losing(&cluster) { $0.apply(service("web") { $0.stop.gracePeriodSeconds = 1 }) }
        _ = cluster.request(.scale("web", replicas: 0))
        cluster.advance(60)
        #expect(!cluster.heard("node-1").contains("update web"))
    }

    @Test func aStopThatWasAcknowledgedIsNotRepeatedDuringTheGracePeriod() {
        var cluster = running()
        _ = cluster.request(.remove("web"))
        _ = cluster.deliver("node-1")
        _ = cluster.deliver("node-1")
        let session = cluster.agents["node-1"]?.session
        cluster.agents["node-1"]?.isDeaf = true
        cluster.agents["node-1"]?.records["web-000001"]?.phase = .stopping
        for _ in 1...10 {
            cluster.now.monotonic = cluster.now.monotonic.advanced(bySeconds: 1)
            cluster.step()
        }
        #expect(session != nil && cluster.agents["node-1"]?.downlink.isEmpty == true)
    }

    @Test func aReplicaThatNeverWasLaunchedIsForgottenWithoutAnOrder() {
        var cluster = ModelCluster(nodes: 1)
        cluster.apply(service("web", replicas: 300))
        _ = cluster.request(.remove("web"))
        cluster.settle()
        #expect(cluster.store.services.isEmpty)
        #expect(cluster.agents["node-1"]?.launched.count == 256)
        #expect(cluster.agents["node-1"]?.records.isEmpty == true)
    }

    @Test func aHelloThatCrossedWithALaunchDoesNotRepeatIt() throws {
        var cluster = ModelCluster(nodes: 1)
        let hello = try #require(cluster.agents["node-1"]?.hello)
        cluster.apply(service("web"))
        cluster.event(.hello(hello, address: "x"), of: "node-1")
        cluster.settle()
        #expect(cluster.heard("node-1") == ["welcome", "launch web-000001"])
    }

    @Test func aStopThatCrossedWithAnExitEndsInForgetting() throws {
        var cluster = running()
        _ = cluster.request(.remove("web"))
        // The process has exited before the stop arrives.
        cluster.agents["node-1"]?.set("web-000001", .failed)
        cluster.advance(20)
        #expect(cluster.store.services.isEmpty && cluster.agents["node-1"]?.records.isEmpty == true)
        #expect(cluster.state.nodes["node-1"]?.session?.unanswered.isEmpty == true)
        #expect(cluster.state.nodes["node-1"]?.session?.digest.description == "0000000000000000")
    }

    @Test func aListingThatCrossedWithALaunchAndAStopDoesNotEndTheWait() throws {
        var cluster = ModelCluster(nodes: 1)
        cluster.agents["node-1"]?.isDeaf = true
        cluster.apply(service("web"))
        _ = cluster.request(.scale("web", replicas: 0))
        let hello = try #require(cluster.agents["node-1"]?.hello)
        cluster.event(.hello(hello, address: "node-1"), of: "node-1")
        #expect(cluster.store.replicas["web-000001"]?.intent == .stop)
        cluster.agents["node-1"]?.isDeaf = false
        cluster.advance(20)
        #expect(cluster.agents["node-1"]?.launched == ["web-000001"])
        #expect(cluster.store.replicas.isEmpty)
    }

    @Test func theDigestFollowsEveryStatus() throws {
        var cluster = running()
        #expect(cluster.state.nodes["node-1"]?.session?.digest.description == cluster.agents["node-1"]?.digest)
        cluster.agents["node-1"]?.set("web-000001", .unhealthy)
        cluster.settle()
        #expect(cluster.state.nodes["node-1"]?.session?.digest.description == cluster.agents["node-1"]?.digest)
        _ = cluster.request(.restart("web"))
        cluster.advance(20)
        #expect(cluster.state.nodes["node-1"]?.session?.digest.description == cluster.agents["node-1"]?.digest)
    }

    @Test func anAgentThatInventsIdsIsBounded() {
        var cluster = ModelCluster(nodes: 1)
        for number in 0..<9_000 {
            let id = ReplicaID(rawValue: "ghost-\(number)")
            cluster.event(.status(ReplicaStatus(service: "ghost", replicaId: id, state: .running)), of: "node-1")
        }
        #expect((cluster.state.nodes["node-1"]?.session?.reported.count ?? 0) <= 8_000)
    }

    @Test func anAgentThatEndsReplicasByItselfIsNotGivenThemInALoop() {
        var cluster = running()
        for _ in 1...50 {
            guard let id = cluster.running("web").first?.id else { break }
            cluster.agents["node-1"]?.set(id, .stopped)
            cluster.settle()
        }
        #expect(cluster.store.cluster.lastFence.rawValue == 1)
        cluster.advance(1)
        #expect(cluster.running("web").count == 1)
    }

    @Test func whatIsLeftOfAReplacedSessionDoesNotTakeTheNodeBack() throws {
        var cluster = running()
        let old = try #require(cluster.agents["node-1"]?.session)
        let hello = try #require(cluster.agents["node-1"]?.hello)
        cluster.connect("node-1")
        let new = try #require(cluster.agents["node-1"]?.session)
        cluster.step([.session(old, .hello(hello, address: "x"))])
        #expect(cluster.closings == [old: 4409])
        #expect(cluster.state.nodes["node-1"]?.session?.id == new)
    }

    @Test func aSecondAgentTakesOverWhenTheFirstOneCloses() throws {
        var cluster = running()
        var twin = ModelAgent("node-1")
        twin.instance = 2
        let second = cluster.newSession()
        cluster.step([.session(second, .hello(twin.hello, address: "y"))])
        cluster.disconnect("node-1")
        #expect(cluster.state.nodes["node-1"]?.session?.id == second)
        #expect(cluster.closings.isEmpty)
    }
}
