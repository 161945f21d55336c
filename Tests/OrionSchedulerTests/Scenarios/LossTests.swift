import HashTreeCollections
import OrionCore
import Testing

@testable import OrionScheduler

/// `disconnect`, and many nodes that vanish at once.
@Suite struct LossTests {
    /// Two nodes and one ready replica on the first.
    private func running(nodes: Int = 2, _ change: (inout DisconnectPolicy) -> Void) -> ModelCluster {
        var cluster = ModelCluster(nodes: nodes)
        cluster.apply(service("web") { change(&$0.disconnect) })
        cluster.advance(5)
        return cluster
    }

    /// The same, with a replica that must never run twice.
    private func leased(seconds: Double) -> ModelCluster {
        running {
            $0.overlap = false
            $0.stopAfterSeconds = seconds
        }
    }

    /// Seconds until the replica of a node that vanishes now is replaced; nil within ten minutes.
    private func secondsToReplacement(_ cluster: inout ModelCluster) -> Double? {
        let start = cluster.now.monotonic
        cluster.disconnect("node-1")
        for _ in 0..<6_000 {
            cluster.advance(0.1)
            if cluster.running("web").contains(where: { $0.node != "node-1" }) {
                return (cluster.now.monotonic.seconds(since: start) * 10).rounded() / 10
            }
        }
        return nil
    }

    @Test func aReplicaIsReplacedAfterTheTimeoutOrLaterIfItsServiceSaysSo() {
        var cluster = running { _ in }
        #expect(secondsToReplacement(&cluster) == 10)
        var patient = running { $0.replaceAfterSeconds = 25 }
        #expect(secondsToReplacement(&patient) == 25)
        var hasty = running { $0.replaceAfterSeconds = 2 }
        #expect(secondsToReplacement(&hasty) == 10)
    }

    @Test func aNodeThatReturnsInTimeKeepsItsReplica() throws {
        var cluster = running { $0.replaceAfterSeconds = 25 }
        let id = cluster.running("web")[0].id
        cluster.disconnect("node-1")
        cluster.advance(20)
        #expect(cluster.store.replicas[id]?.state == .lost)
        #expect(try cluster.status("web").instances.last?.message?.contains("silent for 25.0 s") == true)
        cluster.connect("node-1")
        cluster.advance(60)
        #expect(cluster.running("web").map(\.id) == [id])
        #expect(cluster.agents["node-1"]?.launched == [id] && cluster.agents["node-2"]?.launched == [])
    }

    /// Lease and grace period (10 s), a second, and a hundredth.
    @Test func whatMustNotRunTwiceIsReplacedOnlyOnceItsAgentHasStoppedIt() throws {
        var cluster = leased(seconds: 20)
        #expect(secondsToReplacement(&cluster) == 31.3)
        #expect(cluster.agents["node-1"]?.live == [])
    }

    @Test func aControlPlaneThatStartsCountsTheLeaseFromItsStart() throws {
        var cluster = leased(seconds: 20)
        cluster.disconnect("node-1")
        cluster.advance(25)
        try cluster.restartControlPlane()
        cluster.connect("node-2")
        cluster.advance(31)
        #expect(cluster.running("web").isEmpty)
        cluster.advance(0.4)
        #expect(cluster.running("web").map(\.node) == ["node-2"])
    }

    @Test func aLeaseThatGrewShorterCountsOnceItsAgentHasSaidSo() throws {
        var cluster = leased(seconds: 100)
        cluster.agents["node-1"]?.isDeaf = true
        cluster.apply(
            service("web") {
                $0.disconnect.overlap = false
                $0.disconnect.stopAfterSeconds = 5
            })
        #expect(secondsToReplacement(&cluster).map { $0 > 100 } == true)
    }

    @Test func leavingReplacesWhatMustNotRunTwiceOnceItHasStopped() throws {
        var cluster = leased(seconds: 20)
        let id = cluster.running("web")[0].id
        cluster.event(.leaving, of: "node-1")
        cluster.settle()
        #expect(cluster.agents["node-2"]?.launched == [])
        let session = try #require(cluster.agents["node-1"]?.session)
        let stopping = ReplicaStatus(service: "web", replicaId: id, state: .stopping)
        cluster.step([.session(session, .status(stopping))])
        #expect(cluster.agents["node-2"]?.launched == [])
        cluster.agents["node-1"]?.set(id, .stopped)
        cluster.settle()
        #expect(cluster.agents["node-2"]?.launched.count == 1)
    }

    @Test func goodbyeIsProofThatNothingRuns() throws {
        var cluster = leased(seconds: 20)
        cluster.shutDown("node-1")
        cluster.advance(1)
        #expect(cluster.running("web").map(\.node) == ["node-2"])
    }

    @Test func anAgentThatVanishesWhileItLeavesIsWaitedForLikeAnyOther() throws {
        var cluster = leased(seconds: 20)
        cluster.event(.leaving, of: "node-1")
        #expect(secondsToReplacement(&cluster) == 31.3)
    }

    @Test func anotherAgentOfTheNodeThatDoesNotNameItIsNoProofThatItEnded() throws {
        var cluster = leased(seconds: 20)
        let id = cluster.running("web")[0].id
        cluster.agents["node-1"]?.records = [:]
        cluster.agents["node-1"]?.instance += 1
        cluster.disconnect("node-1")
        cluster.connect("node-1")
        cluster.advance(31)
        #expect(cluster.running("web").isEmpty)
        cluster.advance(1)
        #expect(cluster.running("web").map(\.replaces) == [id])
    }

    @Test func whatAnotherAgentMayHaveBeenToldToLaunchIsNotLaunchedAgain() throws {
        var cluster = ModelCluster(nodes: 1)
        cluster.agents["node-1"]?.isDeaf = true
        cluster.apply(
            service("web") {
                $0.disconnect.overlap = false
                $0.disconnect.stopAfterSeconds = 20
            })
        let id = try #require(cluster.store.replicas.keys.first)
        cluster.disconnect("node-1")
        cluster.agents["node-1"]?.isDeaf = false
        cluster.agents["node-1"]?.instance += 1
        cluster.connect("node-1")
        cluster.advance(31)
        #expect(cluster.agents["node-1"]?.launched == [])
        cluster.advance(1)
        #expect(cluster.running("web").map(\.replaces) == [id])
    }

    @Test func whatMustNotRunTwiceRunsOnlyWhereAgentsKeepLeases() throws {
        var cluster = ModelCluster()
        cluster.connect("node-1") { $0.isBase = true }
        cluster.apply(
            service("web") {
                $0.disconnect.overlap = false
                $0.disconnect.stopAfterSeconds = 20
            })
        #expect(
            try cluster.status("web").instances[0].message
                == "The only node does not take it: 1 has an agent that cannot keep disconnect.overlap: false.")
        cluster.connect("node-2")
        #expect(cluster.running("web").map(\.node) == ["node-2"])
    }

    @Test func aNodeThatMayStillRunItIsNotForgotten() throws {
        var cluster = leased(seconds: 20)
        cluster.disconnect("node-1")
        cluster.advance(15)
        #expect(try cluster.request(.forget("node-1")).error.code == .conflict)
        cluster.advance(20)
        guard case .forgotten = cluster.request(.forget("node-1")) else {
            Issue.record("still refused")
            return
        }
        #expect(cluster.running("web").count == 1)
    }

    /// The one that came back and its replacement, each ready or not, by `keep`.
    @Test(arguments: [
        (DisconnectPolicy.Keep.replacement, true, true, "replacement"), (.replacement, true, false, "original"),
        (.replacement, false, true, "replacement"), (.replacement, false, false, "original"),
        (.original, true, true, "original"), (.original, true, false, "original"),
        (.original, false, true, "replacement"), (.original, false, false, "replacement"),
    ])
    func keepSaysWhichStays(_ keep: DisconnectPolicy.Keep, original: Bool, replacement: Bool, stays: String) throws {
        var cluster = running { $0.keep = keep }
        let id = cluster.running("web")[0].id
        if !replacement { cluster.agents["node-2"]?.broken = ["web"] }
        cluster.disconnect("node-1")
        cluster.advance(11)
        let other = try #require(cluster.running("web").last).id
        if !original { cluster.agents["node-1"]?.records[id]?.phase = .unhealthy }
        cluster.connect("node-1")
        cluster.settle()
        #expect(cluster.running("web").map(\.id) == [stays == "original" ? id : other])
        #expect(cluster.agents.values.flatMap(\.live).count == 1)
    }

    @Test func aReplacementOnANodeThatIsNotConnectedDoesNotWin() throws {
        var cluster = running(nodes: 2) { _ in }
        let id = cluster.running("web")[0].id
        cluster.disconnect("node-1")
        cluster.advance(15)
        cluster.disconnect("node-2")
        cluster.connect("node-1")
        cluster.settle()
        #expect(cluster.running("web").map(\.id) == [id])
    }

    /// After a start nobody has been heard of: a replacement was ready, and most likely is.
    @Test(arguments: [true, false])
    func afterAStartAReplacementGoesOnlyForOneThatIsReady(_ isReady: Bool) throws {
        var cluster = running { _ in }
        let id = cluster.running("web")[0].id
        cluster.disconnect("node-1")
        cluster.advance(15)
        let other = try #require(cluster.running("web").last).id
        if !isReady { cluster.agents["node-1"]?.broken = ["web"] }
        cluster.agents["node-1"]?.records[id]?.phase = .running
        try cluster.restartControlPlane()
        cluster.connect("node-1")
        if isReady { cluster.settle() }
        cluster.connect("node-2")
        cluster.settle()
        #expect(cluster.running("web").map(\.id) == [other])
        #expect(cluster.agents.values.flatMap(\.live) == [other])
    }

    @Test func whatNeverStartedIsNotLaunchedBesideItsReplacement() throws {
        var cluster = ModelCluster(nodes: 2)
        cluster.agents["node-1"]?.isDeaf = true
        cluster.apply(service("web"))
        cluster.disconnect("node-1")
        cluster.advance(15)
        let other = try #require(cluster.running("web").last)
        #expect(other.node == "node-2" && other.replaces != nil)
        cluster.agents["node-1"]?.isDeaf = false
        cluster.agents["node-2"]?.set(other.id, .unhealthy)
        cluster.connect("node-1")
        cluster.settle()
        #expect(cluster.agents["node-1"]?.launched == [])
        #expect(cluster.running("web").map(\.id) == [other.id])
    }

    /// Twelve replicas on six nodes; the first so many vanish.
    private func vanishing(_ count: Int, of nodes: Int = 6) -> ModelCluster {
        var cluster = ModelCluster(nodes: nodes)
        cluster.apply(service("web", replicas: 2 * nodes))
        cluster.advance(5)
        for number in 1...count { cluster.disconnect(NodeID(rawValue: "node-\(number)")) }
        return cluster
    }

    private func replaced(_ cluster: ModelCluster) -> Int {
        cluster.store.replicas.values.count { $0.replaces != nil }
    }

    @Test func upToAThirdIsReplacedAtOnce() {
        var cluster = vanishing(2)
        cluster.advance(10)
        #expect(replaced(cluster) == 4)
    }

    @Test func moreThanAThirdIsReplacedTenASecond() {
        var cluster = vanishing(3)
        cluster.advance(10)
        #expect(replaced(cluster) == 1)
        cluster.advance(0.3)
        #expect(replaced(cluster) == 4)
        cluster.advance(0.2)
        #expect(replaced(cluster) == 6)
        cluster.advance(60)
        #expect(replaced(cluster) == 6 && cluster.running("web").count == 12)
    }

    @Test func nodesThatRanNothingCountAmongThoseThatVanished() {
        var cluster = ModelCluster(nodes: 6)
        for node in ["node-5", "node-6"] { _ = cluster.request(.cordon(node)) }
        cluster.apply(service("web", replicas: 8))
        cluster.advance(5)
        for node in ["node-5", "node-6", "node-1"] { cluster.disconnect(NodeID(rawValue: node)) }
        cluster.advance(10)
        #expect(replaced(cluster) == 1)
        cluster.advance(0.1)
        #expect(replaced(cluster) == 2)
    }

    @Test func threeNodesAreTooFewForAPace() {
        var cluster = vanishing(2, of: 3)
        cluster.advance(10)
        #expect(replaced(cluster) == 4)
    }

    @Test func whatReturnsBeforeItsTurnIsNotReplaced() {
        var cluster = vanishing(3)
        cluster.advance(10.1)
        for number in 1...3 { cluster.connect(NodeID(rawValue: "node-\(number)")) }
        cluster.advance(60)
        #expect(cluster.running("web").count == 12)
        #expect(cluster.agents.values.map(\.launched.count).reduce(0, +) == 14)
    }

    @Test func nodesThatDoNotReturnAfterAStartAreReplacedAtThatPaceToo() throws {
        var cluster = vanishing(3)
        try cluster.restartControlPlane()
        for number in 4...6 { cluster.connect(NodeID(rawValue: "node-\(number)")) }
        cluster.advance(10)
        #expect(replaced(cluster) == 1)
        cluster.advance(1)
        #expect(replaced(cluster) == 6)
    }

    @Test func aThousandLostReplicasArePacedByTheirNumber() {
        var losses = Losses()
        for number in 0..<4 {
            losses.add(NodeID(rawValue: "\(number)"), replicas: 300, at: .start, window: 10)
        }
        #expect(losses.arePaced(present: 7) && !losses.arePaced(present: 8))
        let first = losses.takeSlot(at: .start)
        #expect(losses.takeSlot(at: .start).seconds(since: first) == 0.05)
        losses.add("later", replicas: 1, at: Instant.start.advanced(bySeconds: 11), window: 10)
        #expect(!losses.arePaced(present: 3))
    }

    @Test func whatWaitsForLongerHasItsTurnThen() {
        var cluster = ModelCluster(nodes: 6)
        cluster.apply(service("web", replicas: 12) { $0.disconnect.replaceAfterSeconds = 30 })
        cluster.advance(5)
        for number in 1...3 { cluster.disconnect(NodeID(rawValue: "node-\(number)")) }
        cluster.advance(30)
        #expect(replaced(cluster) == 1)
        cluster.advance(1)
        #expect(replaced(cluster) == 6)
    }

    @Test func anApplyMeanwhileTakesNobodysTurn() {
        var cluster = vanishing(3)
        cluster.advance(10.1)
        #expect(replaced(cluster) == 2)
        cluster.apply(service("web", replicas: 12) { $0.stop.gracePeriodSeconds = 3 })
        cluster.advance(0.2)
        #expect(replaced(cluster) == 4)
        cluster.advance(0.2)
        #expect(replaced(cluster) == 6)
    }

    @Test func whatMayRunTwiceByNowIsReplacedAtOnceWhileItsAgentLeaves() {
        var cluster = leased(seconds: 20)
        cluster.event(.leaving, of: "node-1")
        cluster.settle()
        #expect(cluster.running("web").map(\.node) == ["node-1"])
        cluster.apply(service("web") { $0.disconnect.stopAfterSeconds = 20 })
        cluster.settle()
        #expect(cluster.agents["node-2"]?.launched.count == 1)
    }

    @Test func aPaceIsToldOnce() {
        var cluster = ModelCluster(nodes: 7)
        cluster.apply(service("web", replicas: 14))
        cluster.advance(5)
        for number in 1...5 {
            cluster.disconnect(NodeID(rawValue: "node-\(number)"))
            cluster.advance(1)
        }
        cluster.advance(60)
        #expect(cluster.facts.count { $0.message.hasPrefix("More than a third") } == 1)
    }

    @Test func turnsThatNobodyNeedsAreOver() {
        var losses = Losses()
        losses.add("node-1", replicas: 100, at: .start, window: 10)
        for _ in 0..<100 { _ = losses.takeSlot(at: .start) }
        losses.remove("node-1")
        #expect(losses.takeSlot(at: .start) == .start)
    }

    @Test func aRolloutGoesOnBesideAReplicaThatIsWaitedFor() throws {
        var cluster = ModelCluster(nodes: 3)
        cluster.apply(service("web", replicas: 3) { $0.disconnect.replaceAfterSeconds = 3_600 })
        cluster.advance(5)
        cluster.disconnect("node-1")
        cluster.advance(15)
        cluster.apply(
            service("web", replicas: 3) {
                $0.disconnect.replaceAfterSeconds = 3_600
                $0.entry = "new.ts"
            })
        cluster.advance(60)
        #expect(cluster.running("web").map(\.generation) == [2, 2, 2])
        cluster.connect("node-1")
        cluster.advance(5)
        #expect(cluster.agents["node-1"]?.live == [] && cluster.store.replicas.count == 3)
    }
}
