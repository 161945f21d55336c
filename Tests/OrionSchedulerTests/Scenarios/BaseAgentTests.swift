import OrionCore
import Testing

@testable import OrionScheduler

/// Agents that know the base fields alone.
@Suite struct BaseAgentTests {
    private func running() -> ModelCluster {
        var cluster = ModelCluster()
        for id in ["node-1", "node-2"] as [NodeID] { cluster.connect(id) { $0.isBase = true } }
        cluster.apply(service("web", replicas: 2))
        cluster.settle()
        return cluster
    }

    /// An agent that obeys and says nothing at all.
    private func silent() -> ModelCluster {
        var cluster = ModelCluster()
        cluster.connect("node-1") { $0.isBase = true }
        cluster.agents["node-1"]?.isDeaf = true
        cluster.apply(service("web"))
        cluster.settle()
        return cluster
    }

    @Test func whatWasToldToLaunchCountsAsReadyOnceSent() throws {
        let cluster = silent()
        #expect(try cluster.status("web").observed.ready == 1)
        #expect(cluster.store.replicas["web-000001"]?.isKnown == true)
    }

    @Test func runningCountsAsReady() throws {
        var cluster = silent()
        cluster.event(.status(ReplicaStatus(service: "web", replicaId: "web-000001", state: .starting)), of: "node-1")
        #expect(try cluster.status("web").observed.ready == 0)
        cluster.event(.status(ReplicaStatus(service: "web", replicaId: "web-000001", state: .running)), of: "node-1")
        #expect(try cluster.status("web").observed.ready == 1)
    }

    @Test func aReconnectWithinTheTimeoutLaunchesNothingTwice() {
        var cluster = running()
        cluster.disconnect("node-1")
        cluster.advance(5)
        cluster.connect("node-1")
        cluster.advance(60)
        #expect(cluster.heard("node-1") == ["welcome", "launch web-000001", "welcome"])
        #expect(cluster.running("web").count == 2)
    }

    @Test func aRestartOfTheControlPlaneLaunchesNothingTwice() throws {
        var cluster = running()
        try cluster.restartControlPlane()
        for id in cluster.agents.keys.sorted() { cluster.connect(id) }
        cluster.advance(60)
        #expect(cluster.heard("node-1") == ["welcome", "launch web-000001", "welcome"])
    }

    @Test func aStatusThatWasLostWithTheSessionHoldsNothingUp() throws {
        var cluster = silent()
        cluster.event(.status(ReplicaStatus(service: "web", replicaId: "web-000001", state: .starting)), of: "node-1")
        #expect(try cluster.status("web").observed.ready == 0)
        cluster.disconnect("node-1")
        cluster.connect("node-1")
        #expect(try cluster.status("web").observed.ready == 1)
    }

    @Test func whatWasReplacedMeanwhileIsStopped() throws {
        var cluster = running()
        cluster.disconnect("node-1")
        cluster.advance(11)
        #expect(cluster.running("web").map(\.node) == ["node-2", "node-2"])
        cluster.connect("node-1")
        cluster.settle()
        #expect(cluster.agents["node-1"]?.live.isEmpty == true)
        #expect(cluster.running("web").map(\.node) == ["node-2", "node-2"])
    }

    @Test func whatCouldNotBeReplacedStays() throws {
        var cluster = silent()
        cluster.agents["node-1"]?.isDeaf = false
        cluster.settle()
        cluster.disconnect("node-1")
        cluster.advance(11)
        #expect(try cluster.status("web").observed.pending == 1)
        cluster.connect("node-1")
        cluster.advance(30)
        #expect(cluster.heard("node-1").filter { $0.hasPrefix("launch") }.count == 1)
        #expect(try cluster.status("web").observed.ready == 1)
    }

    /// Two of three are available; whatever takes the third's place fails.
    @Test func aReplacementThatWaitsGivesAReleaseNoMoreTime() throws {
        var cluster = ModelCluster()
        cluster.afterStep = { $0.checkInvariants(before: $1, events: $2, decision: $3) }
        for id in ["node-1", "node-2"] as [NodeID] { cluster.connect(id) { $0.isBase = true } }
        cluster.apply(service("web", replicas: 3))
        cluster.settle()
        let stable = cluster.running("web").prefix(2).map(\.id)
        for _ in 0..<130 {
            for replica in cluster.running("web") where !stable.contains(replica.id) {
                cluster.agents[replica.node]?.set(replica.id, .failed)
            }
            cluster.advance(1)
        }
        let rollout = try cluster.status("web").rollout
        #expect(rollout.state == .halted && rollout.available == 2)
        #expect(cluster.violation == nil)
    }

    @Test func aStopThatIsNeverAnsweredCountsAsObeyedAfterAWhile() throws {
        var cluster = silent()
        _ = cluster.request(.remove("web"))
        cluster.advance(19)
        #expect(cluster.state.serviceRecord("web") != nil)
        cluster.advance(2)
        #expect(cluster.store.services.isEmpty)
    }

    @Test func nothingIsRepeated() {
        let cluster = {
            var cluster = silent()
            cluster.advance(60)
            return cluster
        }()
        #expect(cluster.agents["node-1"]?.downlink.count == 2)
    }

    /// One agent that was asked to run a service by a control plane that ends before its next step.
    private func crashed(sending: Bool) throws -> ModelCluster {
        var cluster = ModelCluster()
        cluster.connect("node-1") { $0.isBase = true }
        _ = cluster.deliver("node-1")
        cluster.sends = sending
        cluster.apply(service("web"))
        _ = cluster.deliver("node-1")
        cluster.sends = true
        try cluster.restartControlPlane()
        return cluster
    }

    @Test(arguments: [false, true])
    func aCrashAroundALaunchGivesItsIdUp(isSent: Bool) throws {
        var cluster = try crashed(sending: isSent)
        cluster.connect("node-1")
        cluster.settle()
        #expect(cluster.agents["node-1"]?.launched == (isSent ? ["web-000001", "web-000002"] : ["web-000002"]))
        #expect(cluster.agents["node-1"]?.live == ["web-000002"])
        #expect(cluster.heard("node-1").contains("stop web-000001"))
        #expect(try cluster.status("web").observed.ready == 1)
        cluster.advance(60)
        #expect(Array(cluster.store.replicas.keys) == ["web-000002"])
    }

    @Test func aSecondCrashBeforeTheDoubtIsSettledChangesNothing() throws {
        var cluster = try crashed(sending: true)
        cluster.sends = false
        cluster.connect("node-1")
        cluster.sends = true
        try cluster.restartControlPlane()
        cluster.connect("node-1")
        cluster.advance(60)
        #expect(cluster.agents["node-1"]?.live.count == 1)
        #expect(cluster.agents["node-1"]?.launched.count == 2)
        #expect(cluster.store.replicas.count == 1)
    }

    @Test func aNewerAgentIsNotToldToLaunchADoubtfulIdEither() throws {
        var cluster = try crashed(sending: true)
        cluster.connect("node-1") { agent in
            agent.isBase = false
            agent.records = [:]
        }
        cluster.settle()
        #expect(cluster.agents["node-1"]?.launched == ["web-000001", "web-000002"])
    }

    @Test func aLaunchThatFoundItsConnectionEndedDoesNotCountAndIsSentLater() throws {
        var cluster = ModelCluster()
        cluster.connect("node-1") { $0.isBase = true }
        let session = try #require(cluster.agents["node-1"]?.session)
        // The connection has ended, and the control plane has not heard of it yet.
        cluster.agents["node-1"]?.session = nil
        cluster.apply(service("web"))
        cluster.settle()
        #expect(try cluster.status("web").observed.ready == 0)
        cluster.step([.session(session, .closed(silentSince: cluster.now.monotonic))])
        cluster.connect("node-1")
        cluster.settle()
        #expect(cluster.agents["node-1"]?.launched == ["web-000001"])
        #expect(try cluster.status("web").observed.ready == 1)
    }
}
