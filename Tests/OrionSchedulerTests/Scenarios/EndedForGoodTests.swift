import HashTreeCollections
import OrionCore
import Testing

@testable import OrionScheduler

/// What has ended for good: it never runs again, and nothing that runs is given up or left alone for it.
@Suite struct EndedForGoodTests {
    /// How one ends for good.
    enum Ending: CaseIterable {
        case succeeded, failed, usedUp

        var phase: ReplicaPhase { self == .succeeded ? .succeeded : .failed }

        /// Makes such an end final.
        func limit(_ specification: inout ServiceSpecification) {
            switch self {
            case .succeeded: specification.restart.policy = .onFailure
            case .failed: specification.restart.policy = .never
            case .usedUp: specification.restart.maxAttempts = 0
            }
        }
    }

    private func empty(nodes: Int = 3) -> ModelCluster {
        var cluster = ModelCluster()
        for number in 1...nodes {
            cluster.connect(NodeID(rawValue: "node-\(number)")) { $0.capacity = Capacity(cpu: 4, memory: 4096) }
        }
        cluster.afterStep = { $0.checkInvariants(before: $1, events: $2, decision: $3) }
        return cluster
    }

    /// Replicas of version 1, complete, on three nodes.
    private func running(
        replicas: Int = 3, _ change: (inout ServiceSpecification) -> Void = { _ in }
    ) -> ModelCluster {
        var cluster = empty()
        cluster.apply(version(1, replicas: replicas, change))
        cluster.advance(5)
        return cluster
    }

    private func set(_ replica: StoredReplica, _ phase: ReplicaPhase, _ cluster: inout ModelCluster) {
        cluster.agents[replica.node]?.set(replica.id, phase)
        cluster.settle()
    }

    /// Three of version 1, and the first of a version 2 that has just failed for good without having been ready.
    private func failing(_ change: (inout ServiceSpecification) -> Void) throws -> ModelCluster {
        var cluster = running(change)
        cluster.apply(hopeless(change))
        cluster.settle()
        let new = try #require(cluster.running("web").last)
        #expect(new.generation == 2 && new.state == .running)
        set(new, .failed, &cluster)
        #expect(cluster.running("web").map(\.generation) == [1, 1, 1])
        return cluster
    }

    // MARK: It does not run again

    @Test(arguments: Ending.allCases, [false, true])
    func itNeverRunsInItsOldVersionAgain(_ ending: Ending, isRestart: Bool) throws {
        var cluster = running(ending.limit)
        set(cluster.running("web")[0], ending.phase, &cluster)
        if isRestart {
            _ = cluster.request(.restart("web"))
        } else {
            cluster.apply(version(2, ending.limit))
        }
        #expect(cluster.running("web").map(\.generation) == [1, 1, 2, 2])
        cluster.advance(30)
        #expect(cluster.running("web").map(\.generation) == [2, 2, 2])
        // Three of each, ever.
        #expect(cluster.store.cluster.lastFence.rawValue == 6)
        #expect(try cluster.status("web").rollout.state == .complete)
        #expect(cluster.violation == nil)
    }

    @Test(arguments: Ending.allCases)
    func itNeverRunsInItsOldVersionAgainWhereNoneMayRunBesideIt(_ ending: Ending) throws {
        let hasNoSurge: (inout ServiceSpecification) -> Void = {
            ending.limit(&$0)
            $0.update.maxSurge = .count(0)
            $0.update.maxUnavailable = .count(1)
        }
        var cluster = running(hasNoSurge)
        set(cluster.running("web")[0], ending.phase, &cluster)
        cluster.apply(version(2, hasNoSurge))
        #expect(cluster.running("web").map(\.generation) == [1, 1, 2])
        cluster.advance(30)
        #expect(cluster.running("web").map(\.generation) == [2, 2, 2])
        #expect(cluster.store.cluster.lastFence.rawValue == 6)
        #expect(try cluster.status("web").rollout.state == .complete)
        #expect(cluster.violation == nil)
    }

    /// Its processes are the same, whatever is to be held for them.
    @Test(arguments: [ReplicaPhase.succeeded, .failed], [false, true])
    func itStaysWhereOnlyWhatItHeldChanges(_ phase: ReplicaPhase, isMemory: Bool) throws {
        let before: (inout ServiceSpecification) -> Void = {
            $0.restart.policy = .never
            $0.resources.memory = 256
            $0.disconnect.stopAfterSeconds = 5
        }
        var cluster = running(replicas: 2, before)
        let done = cluster.running("web")[0]
        set(done, phase, &cluster)
        let after = version(1, replicas: 2) { specification in
            before(&specification)
            if isMemory { specification.resources.memory = 512 } else { specification.disconnect.overlap = false }
        }
        cluster.apply(after)
        cluster.advance(30)
        #expect(cluster.store.cluster.lastFence.rawValue == 2)
        #expect(cluster.store.replicas[done.id]?.state == phase)
        #expect(cluster.running("web").map(\.generation) == [2])
        #expect(try cluster.status("web").rollout.state == .complete)
        #expect(cluster.violation == nil)
    }

    // MARK: It holds up no drain

    @Test(arguments: [0, 1])
    func theOnlyOneLeftIsDrainedOnceItsSuccessorIsAvailable(maxUnavailable: Int) throws {
        var cluster = running(replicas: 2) {
            $0.restart.policy = .never
            $0.update.maxUnavailable = .count(maxUnavailable)
        }
        let left = cluster.running("web")[0]
        set(cluster.running("web")[1], .failed, &cluster)
        _ = cluster.request(.drain(left.node.rawValue))
        cluster.advance(1.9)
        #expect(cluster.running("web").map(\.state) == [.ready, .ready])
        #expect(cluster.running("web").first?.id == left.id)
        cluster.advance(0.2)
        let rest = cluster.running("web")
        #expect(rest.count == 1 && rest.first?.replaces == left.id)
        #expect(try cluster.state.nodeRecord(left.node.rawValue).remaining == [])
        #expect(cluster.violation == nil)
    }

    @Test func theDrainOfAHaltedFirstGenerationEnds() throws {
        var cluster = empty(nodes: 2)
        cluster.apply(version(1, replicas: 2) { $0.restart.policy = .never })
        cluster.settle()
        let (failed, left) = (cluster.running("web")[0], cluster.running("web")[1])
        set(failed, .failed, &cluster)
        cluster.advance(125)
        #expect(try cluster.status("web").rollout.state == .halted)
        _ = cluster.request(.drain(left.node.rawValue))
        cluster.advance(30)
        #expect(cluster.running("web").map(\.node) == [failed.node])
        #expect(cluster.running("web").map(\.state) == [.ready])
        #expect(try cluster.state.nodeRecord(left.node.rawValue).remaining == [])
        #expect(cluster.violation == nil)
    }

    // MARK: It takes nothing from the old ones

    @Test(arguments: [Ending.failed, .usedUp])
    func whatIsLostBesideItIsReplacedAsItWas(_ ending: Ending) throws {
        var cluster = try failing {
            ending.limit(&$0)
            $0.update.autoRollback = false
        }
        cluster.disconnect("node-2")
        cluster.advance(30)
        #expect(try cluster.status("web").rollout.state == .progressing)
        #expect(cluster.running("web").map(\.generation) == [1, 1, 1])
        cluster.advance(100)
        #expect(try cluster.status("web").rollout.state == .halted)
        #expect(cluster.running("web").map(\.generation) == [1, 1, 1])
        #expect(cluster.running("web").allSatisfy { $0.state == .ready && $0.node != "node-2" })
        #expect(cluster.violation == nil)
    }

    @Test(arguments: [Ending.failed, .usedUp])
    func anOldOneThatIsNotReadyForAWhileIsNotStoppedForIt(_ ending: Ending) throws {
        var cluster = try failing(ending.limit)
        let old = cluster.running("web")
        set(old[0], .unhealthy, &cluster)
        cluster.advance(10)
        #expect(cluster.running("web").map(\.id) == old.map(\.id))
        set(old[0], .ready, &cluster)
        cluster.advance(120)
        #expect(try cluster.status("web").rollout.state == .rolledBack)
        #expect(cluster.running("web").map(\.id) == old.map(\.id))
        #expect(cluster.violation == nil)
    }

    // MARK: It fails a release that starts from nothing

    /// All of a version 2 that was applied without replicas.
    private func startedFromNothing(_ change: (inout ServiceSpecification) -> Void) throws -> ModelCluster {
        var cluster = running(change)
        cluster.apply(version(2, replicas: 0, change))
        cluster.advance(20)
        #expect(try cluster.status("web").observedGeneration == 2)
        _ = cluster.request(.scale("web", replicas: 2))
        cluster.settle()
        #expect(cluster.running("web").map(\.state) == [.ready, .ready])
        return cluster
    }

    private func versions(_ cluster: ModelCluster) -> [String?] {
        cluster.running("web").map { cluster.state.replicas[$0.id]?.specification.value.env["VERSION"] }
    }

    /// That they were ready once proves nothing.
    @Test func whatStartsFromNothingAndExitsAgainAndAgainIsRolledBack() throws {
        var cluster = try startedFromNothing { $0.update.minReadySeconds = 5 }
        for _ in 0..<130 { cluster.restartByItself("web", generation: 3) }
        #expect(try cluster.status("web").rollout.state == .rolledBack)
        cluster.advance(30)
        #expect(versions(cluster) == ["1", "1"])
        #expect(cluster.violation == nil)
    }

    @Test func whatStartsFromNothingAndFailsForGoodIsNotComplete() throws {
        var cluster = try startedFromNothing { $0.restart.policy = .never }
        for replica in cluster.running("web") { set(replica, .failed, &cluster) }
        cluster.advance(60)
        #expect(try cluster.status("web").rollout.state == .progressing)
        #expect(try cluster.status("web").observedGeneration == 2)
        cluster.advance(65)
        #expect(try cluster.status("web").rollout.state == .rolledBack)
        #expect(versions(cluster) == ["1", "1"])
        #expect(cluster.violation == nil)
    }
}
