import HashTreeCollections
import OrionCore
import Testing

@testable import OrionScheduler

/// Which generation is placed, and which rollouts fail.
@Suite struct JudgementTests {
    /// Three replicas of version 1, one on each of three nodes of four cores.
    private func running(_ change: (inout ServiceSpecification) -> Void = { _ in }) -> ModelCluster {
        var cluster = ModelCluster()
        for number in 1...3 {
            cluster.connect(NodeID(rawValue: "node-\(number)")) { $0.capacity = Capacity(cpu: 4, memory: 4096) }
        }
        cluster.afterStep = { cluster, before, events, decision in
            cluster.checkInvariants(before: before, events: events, decision: decision)
        }
        cluster.apply(version(1, change))
        cluster.advance(5)
        return cluster
    }

    private func runningVersion(of replica: StoredReplica, _ cluster: ModelCluster) -> String? {
        cluster.state.replicas[replica.id]?.specification.value.env["VERSION"]
    }

    // MARK: What is placed

    @Test func aReleaseThatFitsDoesNotWaitForOneThatDoesNot() throws {
        let port: (inout ServiceSpecification) -> Void = { $0.ports = [Port(name: "http", port: 80)] }
        var cluster = running(port)
        cluster.disconnect("node-3")
        cluster.advance(30)
        #expect(cluster.running("web").count == 2)
        cluster.apply(version(2))
        cluster.advance(60)
        #expect(cluster.running("web").map(\.generation) == [2, 2, 2])
        #expect(try cluster.status("web").rollout.state == .complete)
        #expect(cluster.violation == nil)
    }

    @Test func noRemovedServiceComesBack() throws {
        var cluster = running()
        cluster.disconnect("node-1")
        cluster.advance(5)
        _ = cluster.request(.remove("web"))
        cluster.advance(5)
        cluster.apply(hopeless { $0.update.autoRollback = false })
        // What is told to stop there says first that it is ready.
        cluster.connect("node-1")
        cluster.advance(5)
        #expect(cluster.state.services["web"]?.stored.provenGeneration == 0)
        cluster.advance(200)
        #expect(cluster.running("web").allSatisfy { $0.generation >= 2 })
        #expect(cluster.violation == nil)
    }

    /// Version 2 is ready once, but never for long enough; of version 1 some still run.
    private func halted() throws -> ModelCluster {
        let isHalted: (inout ServiceSpecification) -> Void = { $0.update.autoRollback = false }
        var cluster = running(isHalted)
        cluster.apply(version(2, isHalted))
        cluster.settle()
        for id in cluster.agents.keys { cluster.agents[id]?.broken = ["web"] }
        for replica in cluster.running("web") where replica.generation == 2 {
            #expect(replica.state == .ready)
            cluster.agents[replica.node]?.set(replica.id, .running)
        }
        cluster.advance(125)
        #expect(try cluster.status("web").rollout.state == .halted)
        for id in cluster.agents.keys { cluster.agents[id]?.broken = [] }
        return cluster
    }

    @Test func whatHasFailedReplacesNothingThatIsLost() throws {
        var cluster = try halted()
        cluster.disconnect("node-1")
        cluster.advance(30)
        #expect(cluster.running("web").map { runningVersion(of: $0, cluster) } == ["1", "1", "1"])
        #expect(cluster.running("web").allSatisfy { $0.node != "node-1" && $0.state == .ready })
        #expect(cluster.violation == nil)
    }

    @Test func whatHasFailedHoldsUpNoDrain() throws {
        var cluster = try halted()
        _ = cluster.request(.drain("node-1"))
        cluster.advance(30)
        #expect(cluster.running("web").map { runningVersion(of: $0, cluster) } == ["1", "1", "1"])
        #expect(cluster.running("web").allSatisfy { $0.node != "node-1" && $0.state == .ready })
        #expect(cluster.violation == nil)
    }

    // MARK: What fails

    @Test func resourcesThatNobodyHasAreRolledBack() throws {
        var cluster = running { $0.resources.cpu = 2 }
        let old = cluster.running("web").map(\.id)
        cluster.apply(version(1) { $0.resources.cpu = 64 })
        cluster.advance(10)
        #expect(try cluster.status("web").status == .updating)
        // What is lost meanwhile is replaced as it was.
        cluster.disconnect("node-3")
        cluster.advance(30)
        #expect(cluster.running("web").map(\.generation) == [1, 1, 1])
        cluster.advance(120)
        #expect(try cluster.status("web").rollout.state == .rolledBack)
        #expect(cluster.running("web").count == 3)
        #expect(cluster.running("web").prefix(2).allSatisfy { old.contains($0.id) })
        #expect(cluster.violation == nil)
    }

    @Test func resourcesThatSomeNodesHaveReplaceOnlyWhatHasToMove() throws {
        var cluster = running { $0.resources.cpu = 2 }
        cluster.apply(service("other") { $0.resources.cpu = 2 })
        cluster.connect("node-4") { $0.capacity = Capacity(cpu: 4, memory: 4096) }
        cluster.advance(5)
        let old = Set(cluster.running("web").map(\.id))
        cluster.apply(version(1) { $0.resources.cpu = 3 })
        cluster.advance(30)
        #expect(cluster.running("web").count { old.contains($0.id) } == 2)
        #expect(cluster.running("web").map(\.node).contains("node-4"))
        #expect(try cluster.status("web").rollout.state == .complete)
        #expect(cluster.violation == nil)
    }

    /// Each of its replicas is tried three times on one node, then stopped, and another waits until it has ended.
    @Test func whatMustNotRunTwiceFailsInTimeToo() throws {
        let isSingle: (inout ServiceSpecification) -> Void = {
            $0.disconnect.overlap = false
            $0.disconnect.stopAfterSeconds = 5
        }
        var cluster = running(isSingle)
        for id in cluster.agents.keys { cluster.agents[id]?.broken = ["web"] }
        cluster.apply(version(2, isSingle))
        for _ in 0..<130 {
            for _ in 0..<3 {
                for replica in cluster.running("web") where replica.generation == 2 {
                    cluster.agents[replica.node]?.records[replica.id]?.restarts += 1
                    cluster.agents[replica.node]?.set(replica.id, .backoff)
                }
                cluster.settle()
                for replica in cluster.running("web") where replica.generation == 2 {
                    cluster.agents[replica.node]?.set(replica.id, .starting)
                }
                cluster.settle()
            }
            cluster.advance(1)
        }
        #expect(try cluster.status("web").rollout.state == .rolledBack)
        #expect(cluster.running("web").map { runningVersion(of: $0, cluster) } == ["1", "1", "1"])
        #expect(cluster.violation == nil)
    }

    @Test func nobodyGoesBackToWhatWasNeverTried() throws {
        var cluster = running()
        cluster.apply(hopeless(replicas: 0))
        cluster.advance(5)
        #expect(try cluster.status("web").rollout.state == .complete)
        cluster.apply(hopeless { $0.env = ["VERSION": "3"] })
        cluster.advance(150)
        #expect(cluster.running("web").map { runningVersion(of: $0, cluster) } == ["1", "1", "1"])
        #expect(try cluster.status("web").rollout.state == .rolledBack)
        #expect(cluster.violation == nil)
    }

    @Test func whatHasFailedIsNotCompleteWithoutReplicas() throws {
        var cluster = running()
        cluster.apply(hopeless { $0.update.autoRollback = false })
        cluster.advance(125)
        _ = cluster.request(.scale("web", replicas: 0))
        cluster.advance(5)
        let status = try cluster.status("web")
        #expect(status.status == .stopped && status.rollout.state == .halted && status.rollout.evidence != nil)
        cluster.apply(hopeless { $0.env = ["VERSION": "4"] })
        cluster.advance(150)
        #expect(cluster.running("web").map { runningVersion(of: $0, cluster) } == ["1", "1", "1"])
        #expect(cluster.violation == nil)
    }

    @Test func aHaltedRestartIsUndone() throws {
        let isHalted: (inout ServiceSpecification) -> Void = { $0.update.autoRollback = false }
        var cluster = running(isHalted)
        cluster.apply(version(2, isHalted))
        cluster.advance(30)
        let old = cluster.running("web").map(\.id)
        for id in cluster.agents.keys { cluster.agents[id]?.broken = ["web"] }
        _ = cluster.request(.restart("web"))
        cluster.advance(125)
        #expect(try cluster.status("web").rollout.state == .halted)
        let change = try cluster.request(.rollBack("web", to: nil)).result.changes[0]
        #expect(change.action == .updated && change.generation == 4)
        cluster.advance(5)
        #expect(cluster.running("web").map(\.id) == old)
        #expect(cluster.running("web").map { runningVersion(of: $0, cluster) } == ["2", "2", "2"])
        #expect(try cluster.status("web").observedGeneration == 4)
        #expect(cluster.violation == nil)
    }

    /// Whether nothing else has changed since, or one field that needs no new processes.
    @Test(arguments: [true, false])
    func goingBackToWhatIsBeingRolledOutUndoesNothing(isScaled: Bool) throws {
        var cluster = running()
        cluster.apply(hopeless())
        cluster.settle()
        if isScaled {
            _ = cluster.request(.scale("web", replicas: 4))
        } else {
            cluster.apply(hopeless { $0.stop.gracePeriodSeconds = 1 })
        }
        let change = try cluster.request(.rollBack("web", to: 2)).result.changes[0]
        #expect((change.action == .unchanged) == isScaled)
        #expect(try cluster.status("web").rollout.state == .progressing)
        // It still has its deadline, and is rolled back by itself.
        cluster.advance(130)
        let rollout = try cluster.status("web").rollout
        #expect(rollout.state == .rolledBack && rollout.reason?.contains("without progress") == true)
        #expect(cluster.running("web").count == (isScaled ? 4 : 3))
        #expect(cluster.running("web").allSatisfy { runningVersion(of: $0, cluster) == "1" })
        #expect(cluster.violation == nil)
    }

    /// The third becomes ready after one of the first two is lost, and what replaces that one later still.
    @Test func whatBecomesReadyAfterALossIsProgress() throws {
        var cluster = ModelCluster(nodes: 4)
        for id in ["node-3", "node-4"] as [NodeID] { cluster.agents[id]?.broken = ["web"] }
        cluster.apply(version(1))
        cluster.advance(90)
        #expect(try cluster.status("web").observed.ready == 2)
        cluster.disconnect("node-1")
        cluster.advance(20)
        cluster.agents["node-3"]?.broken = []
        cluster.advance(100)
        #expect(try cluster.status("web").rollout.state == .progressing)
        for id in cluster.agents.keys { cluster.agents[id]?.broken = [] }
        cluster.advance(10)
        #expect(try cluster.status("web").rollout.state == .complete)
    }

    // MARK: Dependencies

    @Test func whatHasDoneItsWorkHoldsNobodyBack() throws {
        var cluster = ModelCluster(nodes: 1)
        cluster.apply(service("migrate") { $0.restart.policy = .never })
        cluster.settle()
        let job = try #require(cluster.running("migrate").first)
        cluster.agents["node-1"]?.set(job.id, .succeeded)
        cluster.settle()
        cluster.apply(service("web") { $0.dependencies = ["migrate"] })
        cluster.advance(1)
        #expect(cluster.running("web").count == 1)
    }
}
