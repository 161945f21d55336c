import OrionCore
import Testing

@testable import OrionScheduler

@Suite struct SessionTests {
    /// Three ready replicas on three nodes.
    private func running() -> ModelCluster {
        var cluster = ModelCluster(nodes: 3)
        cluster.apply(service("web", replicas: 3))
        cluster.advance(5)
        cluster.forgetHeard()
        return cluster
    }

    @Test func helloIsAnsweredWithWelcomeFirst() throws {
        var cluster = running()
        cluster.disconnect("node-1")
        cluster.agents["node-1"]?.records = [:]
        cluster.connect("node-1")
        let first = try #require(cluster.agents["node-1"]?.downlink.first)
        guard case .welcome(let welcome) = first else { throw UnexpectedAnswer(answer: "\(first)") }
        #expect(welcome.clusterId == "test" && welcome.nodeId == "node-1")
        #expect(welcome.heartbeatIntervalSeconds == 5 && welcome.heartbeatTimeoutSeconds == 10)
    }

    @Test func aReconnectWithinTheTimeoutStartsNothing() throws {
        var cluster = running()
        let before = cluster.running("web").map(\.id)
        cluster.disconnect("node-1")
        cluster.advance(9)
        cluster.connect("node-1")
        cluster.advance(60)
        #expect(cluster.running("web").map(\.id) == before)
        #expect(cluster.heard("node-1") == ["welcome"])
    }

    @Test func aSilentNodeIsLostAfterTheTimeoutAndItsReplicasReplaced() throws {
        var cluster = running()
        let lost = cluster.running("web")[0].id
        cluster.disconnect("node-1")
        cluster.advance(9.9)
        #expect(cluster.running("web").count == 3 && cluster.state.nodeRecords()[0].status == .ready)
        cluster.advance(0.2)
        #expect(cluster.state.nodeRecords()[0].status == .notReady)
        #expect(try cluster.status("web").observed.ready == 3)
        let successor = try #require(cluster.running("web").last)
        #expect(successor.replaces == lost && successor.node != "node-1")
        #expect(cluster.store.replicas[lost]?.state == .lost)
    }

    @Test func theTimeoutCountsFromWhenTheAgentWasLastHeard() {
        var cluster = running()
        let session = cluster.agents["node-1"]?.session ?? SessionID(rawValue: 0)
        let heard = cluster.now.monotonic
        cluster.advance(10)
        cluster.agents["node-1"]?.session = nil
        cluster.step([.session(session, .closed(silentSince: heard))])
        cluster.settle()
        #expect(cluster.state.nodeRecords()[0].status == .notReady)
    }

    @Test func aReturningReplicaYieldsToAReadyReplacement() throws {
        var cluster = running()
        let original = cluster.running("web")[0].id
        cluster.disconnect("node-1")
        cluster.advance(12)
        cluster.connect("node-1")
        cluster.settle()
        #expect(cluster.heard("node-1").contains("stop \(original)"))
        #expect(!cluster.running("web").map(\.id).contains(original))
        #expect(cluster.store.replicas[original] == nil)
        #expect(try cluster.status("web").observed.ready == 3)
    }

    @Test func aReturningReplicaStaysWhereItsReplacementIsNotReady() throws {
        var cluster = running()
        let original = cluster.running("web")[0].id
        for id in cluster.agents.keys { cluster.agents[id]?.broken = ["web"] }
        cluster.disconnect("node-1")
        cluster.advance(12)
        let replacement = try #require(cluster.running("web").last).id
        cluster.connect("node-1")
        cluster.settle()
        #expect(cluster.running("web").map(\.id).contains(original))
        #expect(cluster.store.replicas[replacement] == nil)
    }

    @Test func eachReturningReplicaIsComparedWithItsOwnReplacement() throws {
        var cluster = ModelCluster(nodes: 4)
        cluster.apply(service("web", replicas: 2))
        cluster.advance(5)
        cluster.agents["node-4"]?.broken = ["web"]
        cluster.disconnect("node-1")
        cluster.disconnect("node-2")
        cluster.advance(11)
        #expect(cluster.running("web").map(\.replaces) == ["web-000001", "web-000002"])
        #expect(cluster.running("web").map(\.node) == ["node-3", "node-4"])
        cluster.connect("node-1")
        cluster.settle()
        #expect(cluster.running("web").map(\.node) == ["node-3", "node-4"])
        cluster.connect("node-2")
        cluster.settle()
        #expect(cluster.running("web").map(\.node) == ["node-2", "node-3"])
    }

    @Test func aReplicaThatItsAgentNoLongerKnowsIsReplacedUnderANewId() throws {
        var cluster = running()
        let lost = cluster.running("web")[0].id
        cluster.disconnect("node-1")
        cluster.agents["node-1"]?.records = [:]
        cluster.connect("node-1")
        cluster.settle()
        #expect(cluster.store.replicas[lost] == nil)
        #expect(cluster.running("web").last?.replaces == lost)
        #expect(!cluster.heard("node-1").contains("launch \(lost)"))
    }

    @Test func aLaunchThatNeverArrivedIsSentAgainUnderItsId() throws {
        var cluster = ModelCluster(nodes: 1)
        cluster.apply(service("web"))
        let id = cluster.running("web")[0].id
        cluster.disconnect("node-1")
        cluster.connect("node-1")
        cluster.settle()
        #expect(cluster.agents["node-1"]?.launched == [id])
        #expect(try cluster.status("web").status == .running)
    }

    @Test func unknownReplicasAreStopped() throws {
        var cluster = ModelCluster(nodes: 1)
        cluster.disconnect("node-1")
        cluster.agents["node-1"]?.records["ghost-000001"] = ModelAgent.Record(
            service: "ghost", phase: .ready, generation: 1, specification: SharedSpecification(service("ghost")))
        cluster.connect("node-1")
        cluster.settle()
        #expect(cluster.agents["node-1"]?.records.isEmpty == true)
        #expect(cluster.heard("node-1") == ["welcome", "stop ghost-000001", "stop ghost-000001"])
    }

    @Test func aLiveStatusForAnUnknownReplicaIsAnsweredWithStop() throws {
        var cluster = ModelCluster(nodes: 1)
        cluster.agents["node-1"]?.records["ghost-000001"] = ModelAgent.Record(
            service: "ghost", phase: .running, generation: 1, specification: SharedSpecification(service("ghost")))
        cluster.settle()
        #expect(cluster.agents["node-1"]?.records.isEmpty == true)
    }

    @Test func aStatusForAReplicaPlacedElsewhereIsIgnored() throws {
        var cluster = running()
        let id = cluster.running("web")[0].id
        cluster.event(.status(ReplicaStatus(service: "web", replicaId: id, state: .failed)), of: "node-2")
        cluster.settle()
        #expect(cluster.running("web").map(\.id).contains(id))
        #expect(try cluster.status("web").observed.ready == 3)
    }

    @Test func whatIsLeftOfAnOldSessionIsIgnored() throws {
        var cluster = running()
        let old = try #require(cluster.agents["node-1"]?.session)
        let id = cluster.running("web")[0].id
        cluster.connect("node-1")
        cluster.step([.session(old, .status(ReplicaStatus(service: "web", replicaId: id, state: .failed)))])
        cluster.step([.session(old, .closed(silentSince: cluster.now.monotonic))])
        cluster.advance(20)
        #expect(cluster.running("web").map(\.id).contains(id))
        #expect(cluster.state.nodeRecords()[0].connected)
    }

    @Test func theNewestSessionOfOneAgentWins() throws {
        var cluster = running()
        let old = try #require(cluster.agents["node-1"]?.session)
        cluster.connect("node-1")
        #expect(cluster.closings[old] == 4409)
        #expect(cluster.probes.isEmpty)
    }

    @Test func aSecondAgentIsRefusedWhileTheFirstAnswers() throws {
        var cluster = running()
        let first = try #require(cluster.agents["node-1"]?.session)
        var twin = ModelAgent("node-1")
        twin.instance = 2
        let second = cluster.newSession()
        cluster.step([.session(second, .hello(twin.hello, address: "10.0.0.9"))])
        #expect(cluster.probes == [first])
        cluster.step([.session(first, .probed(isAlive: true))])
        #expect(cluster.closings == [second: 4409])
        #expect(cluster.facts.contains { $0.message.contains("10.0.0.9") && $0.severity == .warning })
        #expect(cluster.running("web").count == 3)
    }

    @Test func aSecondAgentReplacesOneThatDoesNotAnswer() throws {
        var cluster = running()
        let first = try #require(cluster.agents["node-1"]?.session)
        var twin = try #require(cluster.agents["node-1"])
        twin.instance = 2
        let second = cluster.newSession()
        cluster.step([.session(second, .hello(twin.hello, address: "10.0.0.9"))])
        cluster.step([.session(first, .probed(isAlive: false))])
        #expect(cluster.closings == [first: 4409])
        let heartbeat = Heartbeat(timestamp: cluster.now.wall, metrics: Usage(cpu: 9, memory: 9))
        cluster.step([.session(second, .heartbeat(heartbeat, receivedAt: cluster.now.wall))])
        #expect(cluster.state.nodeRecords()[0].metrics?.cpu == 9)
    }

    @Test func aChangedNodeIdClosesTheSession() throws {
        var cluster = running()
        let session = try #require(cluster.agents["node-1"]?.session)
        cluster.step([.session(session, .hello(ModelAgent("other").hello, address: "x"))])
        #expect(cluster.closings[session] == 4400)
    }

    @Test func leavingReplacesAtOnce() throws {
        var cluster = running()
        cluster.event(.leaving, of: "node-1")
        #expect(cluster.running("web").filter { $0.node != "node-1" }.count == 3)
        cluster.settle()
        #expect(try cluster.status("web").observed.ready == 3)
        #expect(cluster.distribution("web").dropFirst().reduce(0, +) == 3)
    }

    @Test func goodbyeReplacesAtOnceAndTheNodeIsNotReady() throws {
        var cluster = running()
        cluster.shutDown("node-1")
        cluster.settle()
        #expect(cluster.state.nodeRecords()[0].status == .notReady)
        #expect(try cluster.status("web").observed.ready == 3)
        #expect(cluster.store.replicas.values.allSatisfy { $0.node != "node-1" })
    }

    @Test func aDigestThatDiffersIsAnsweredWithSyncOnceAnInterval() {
        var cluster = running()
        var heartbeat = Heartbeat(timestamp: Timestamp(milliseconds: 0), metrics: Usage(cpu: 1, memory: 2))
        heartbeat.digest = cluster.agents["node-1"]?.digest
        cluster.event(.heartbeat(heartbeat, receivedAt: cluster.now.wall), of: "node-1")
        #expect(cluster.agents["node-1"]?.downlink.isEmpty == true)
        heartbeat.digest = "0123456789abcdef"
        cluster.event(.heartbeat(heartbeat, receivedAt: cluster.now.wall), of: "node-1")
        cluster.event(.heartbeat(heartbeat, receivedAt: cluster.now.wall), of: "node-1")
        cluster.settle()
        #expect(cluster.heard("node-1") == ["sync"])
        cluster.advance(5)
        cluster.event(.heartbeat(heartbeat, receivedAt: cluster.now.wall), of: "node-1")
        cluster.settle()
        #expect(cluster.heard("node-1") == ["sync", "sync"])
    }

    @Test func aHeartbeatChangesNothingThatIsStored() {
        var cluster = running()
        let session = cluster.agents["node-1"]?.session ?? SessionID(rawValue: 0)
        let heartbeat = Heartbeat(timestamp: Timestamp(milliseconds: 0), metrics: Usage(cpu: 1, memory: 2))
        let before = Timestamp(milliseconds: cluster.now.wall.milliseconds - 200)
        let decision = cluster.step([.session(session, .heartbeat(heartbeat, receivedAt: before))])
        #expect(decision.changes.isEmpty && decision.commands.isEmpty)
        #expect(cluster.state.nodeRecords()[0].lastHeartbeat == before, "when it was received, not when it is taken in")
        #expect(cluster.state.nodeRecords()[0].metrics == Usage(cpu: 1, memory: 2))
    }

    @Test func atMost256LaunchesAreUnanswered() {
        var cluster = ModelCluster(nodes: 1)
        cluster.apply(service("web", replicas: 600))
        #expect(cluster.agents["node-1"]?.downlink.count == 257)
        cluster.settle()
        #expect(cluster.distribution("web") == [600])
    }

    @Test func whatIsNotAnsweredIsSentAgainAfterFiveSeconds() {
        var cluster = ModelCluster(nodes: 1)
        cluster.agents["node-1"]?.isDeaf = true
        cluster.apply(service("web"))
        cluster.advance(4.9)
        #expect(cluster.agents["node-1"]?.downlink.count == 2)
        cluster.advance(0.2)
        #expect(cluster.agents["node-1"]?.downlink.count == 3)
        cluster.agents["node-1"]?.isDeaf = false
        cluster.advance(60)
        #expect(cluster.agents["node-1"]?.launched.count == 1)
        #expect(cluster.heard("node-1").filter { $0.hasPrefix("launch") }.count == 2)
    }

    @Test func aLaunchThatFoundItsConnectionEndedIsSentInTheNextSession() throws {
        var cluster = ModelCluster(nodes: 1)
        cluster.settle()
        let session = try #require(cluster.agents["node-1"]?.session)
        cluster.agents["node-1"]?.session = nil
        cluster.apply(service("web"))
        cluster.settle()
        cluster.step([.session(session, .closed(silentSince: cluster.now.monotonic))])
        cluster.connect("node-1")
        cluster.settle()
        #expect(cluster.agents["node-1"]?.launched == ["web-000001"])
    }

    @Test func launchesThatWaitGoOutOldestPlacementFirst() {
        var cluster = ModelCluster(nodes: 1)
        cluster.apply(service("web", replicas: 256), service("z"))
        cluster.apply(service("web", replicas: 256), service("z"), service("a"))
        cluster.settle()
        #expect(cluster.agents["node-1"]?.launched.suffix(2).map(\.rawValue) == ["z-000075", "a-000076"])
    }
}
