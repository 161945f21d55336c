import OrionCore
import Testing

@testable import OrionScheduler

/// One budget for rollouts, drains and losses: how many run at a time, and how many stay ready.
@Suite struct BudgetTests {
    private func running(
        _ replicas: Int, nodes: Int = 4, _ change: @escaping (inout UpdatePolicy) -> Void = { _ in }
    ) -> ModelCluster {
        var cluster = ModelCluster(nodes: nodes)
        cluster.apply(service("web", replicas: replicas) { change(&$0.update) })
        cluster.advance(5)
        cluster.afterStep = { cluster, before, events, decision in
            cluster.checkInvariants(before: before, events: events, decision: decision)
        }
        return cluster
    }

    private func newer(_ replicas: Int, _ change: (inout UpdatePolicy) -> Void = { _ in }) -> ServiceSpecification {
        service("web", replicas: replicas) { specification in
            specification.entry = "new.ts"
            change(&specification.update)
        }
    }

    private func generations(_ cluster: ModelCluster) -> [Int] { cluster.running("web").map(\.generation).sorted() }

    private func breakEverything(_ cluster: inout ModelCluster) {
        for id in cluster.agents.keys { cluster.agents[id]?.broken = ["web"] }
    }

    @Test(arguments: [(Amount.count(2), 2), (.percent(25), 2), (.percent(100), 5), (.count(9), 5)])
    func asManyAreNewAtATimeAsMaxSurgeAllows(surge: Amount, number: Int) throws {
        var cluster = running(5) { $0.maxSurge = surge }
        cluster.apply(newer(5) { $0.maxSurge = surge })
        cluster.settle()
        #expect(generations(cluster) == [1, 1, 1, 1, 1] + Array(repeating: 2, count: number))
        // Each stands for another old one.
        #expect(Set(cluster.running("web").compactMap(\.replaces)).count == number)
        cluster.advance(30)
        #expect(generations(cluster) == [2, 2, 2, 2, 2])
        #expect(cluster.violation == nil)
    }

    @Test func oldReplicasGoAsNewOnesBecomeAvailable() throws {
        var cluster = running(4) { $0.maxSurge = .count(2) }
        cluster.agents["node-2"]?.broken = ["web"]
        cluster.apply(newer(4) { $0.maxSurge = .count(2) })
        cluster.settle()
        #expect(generations(cluster) == [1, 1, 1, 1, 2, 2])
        cluster.advance(2.5)
        // One of the two cannot become ready: the other has replaced an old one, and a third is tried.
        #expect(generations(cluster) == [1, 1, 1, 2, 2, 2])
        #expect(cluster.violation == nil)
    }

    @Test(arguments: [Amount.count(2), .percent(50)])
    func withoutASurgeAsManyGoFirstAsMaxUnavailableAllows(unavailable: Amount) throws {
        let change: (inout UpdatePolicy) -> Void = {
            $0.maxSurge = .count(0)
            $0.maxUnavailable = unavailable
        }
        var cluster = running(4, change)
        cluster.apply(newer(4, change))
        cluster.settle()
        #expect(generations(cluster) == [1, 1, 2, 2])
        #expect(try cluster.status("web").observed.ready == 4)
        breakEverything(&cluster)
        cluster.advance(2.5)
        #expect(generations(cluster) == [2, 2, 2, 2])
        #expect(try cluster.status("web").observed.ready == 2)
        cluster.advance(60)
        #expect(try cluster.status("web").observed.ready == 2)
        #expect(cluster.violation == nil)
    }

    @Test func sharesThatComeToNothingLeaveOneSurge() throws {
        let change: (inout UpdatePolicy) -> Void = {
            $0.maxSurge = .percent(0)
            $0.maxUnavailable = .percent(25)
        }
        var cluster = running(2, change)
        cluster.apply(newer(2, change))
        cluster.settle()
        #expect(generations(cluster) == [1, 1, 2])
        cluster.advance(10)
        #expect(generations(cluster) == [2, 2])
        #expect(cluster.violation == nil)
    }

    @Test func aRolloutADrainAndALossShareOneBudget() throws {
        var cluster = running(4)
        breakEverything(&cluster)
        cluster.apply(newer(4))
        cluster.settle()
        #expect(generations(cluster) == [1, 1, 1, 1, 2])
        _ = cluster.request(.drain("node-1"))
        cluster.settle()
        // The surge is taken: the drain waits.
        #expect(generations(cluster) == [1, 1, 1, 1, 2])
        cluster.disconnect("node-2")
        cluster.advance(11)
        // What is lost comes back in the old generation, beside the one that still has to prove itself.
        #expect(generations(cluster) == [1, 1, 1, 1, 2])
        #expect(cluster.violation == nil)
        for id in cluster.agents.keys { cluster.agents[id]?.broken = [] }
        for replica in cluster.running("web") { cluster.agents[replica.node]?.report(replica.id) }
        cluster.advance(60)
        #expect(generations(cluster) == [2, 2, 2, 2])
        #expect(cluster.distribution("web")[0] == 0)
        #expect(cluster.violation == nil)
    }

    /// Two at most beyond what is wanted; exit 0 is final.
    private func batch(_ replicas: Int, _ entry: String) -> ServiceSpecification {
        service("web", replicas: replicas) { specification in
            specification.entry = entry
            specification.restart.policy = .onFailure
            specification.update.maxSurge = .count(2)
        }
    }

    private func checked(_ cluster: ModelCluster) -> ModelCluster {
        var cluster = cluster
        cluster.afterStep = { cluster, before, events, decision in
            cluster.checkInvariants(before: before, events: events, decision: decision)
        }
        return cluster
    }

    /// Its agent shuts down, so that another is placed at once; then it ends by itself, with exit 0. An old one goes for it,
    /// and with the surge that is over then the one that has just been placed.
    @Test func whatSucceedsOnANodeThatShutsDownStaysForTheOldOneThatGoes() throws {
        var cluster = checked(ModelCluster(nodes: 4))
        cluster.apply(batch(2, "old.ts"))
        cluster.advance(5)
        for id in ["node-1", "node-3"] as [NodeID] { cluster.agents[id]?.broken = ["web"] }
        cluster.apply(batch(2, "new.ts"))
        cluster.advance(3)
        #expect(generations(cluster) == [1, 2, 2])
        let ended = try #require(cluster.running("web").first { $0.node == "node-3" })
        cluster.event(.leaving, of: "node-3")
        cluster.settle()
        cluster.event(.status(ReplicaStatus(service: "web", replicaId: ended.id, state: .succeeded)), of: "node-3")
        cluster.settle()
        #expect(cluster.running("web").map(\.state) == [.ready] && generations(cluster) == [2])
        #expect(cluster.store.replicas[ended.id]?.state == .succeeded)
        #expect(cluster.violation == nil)
    }

    /// An old one goes because of one that has succeeded, and with the surge that is over not this one of all.
    @Test func whatHasSucceededStaysForTheOldOneThatWent() throws {
        var cluster = checked(ModelCluster(nodes: 5))
        cluster.apply(batch(3, "old.ts"))
        cluster.advance(5)
        for id in ["node-1", "node-5"] as [NodeID] { cluster.agents[id]?.broken = ["web"] }
        cluster.apply(batch(3, "new.ts"))
        cluster.settle()
        let job = try #require(cluster.running("web").first { $0.node == "node-5" })
        cluster.agents["node-5"]?.set(job.id, .succeeded)
        cluster.advance(5)
        #expect(cluster.running("web").map(\.state) == [.ready, .ready, .running])
        _ = cluster.request(.scale("web", replicas: 2))
        cluster.advance(5)
        #expect(cluster.running("web").map(\.state) == [.ready] && generations(cluster) == [2])
        #expect(cluster.store.replicas[job.id]?.state == .succeeded)
        #expect(try cluster.status("web").rollout.state == .complete)
    }

    /// The new one has no place of its own.
    @Test func withoutASurgeTheNewIsTriedWhereTheOldOneHasFailedForGood() throws {
        let document = { (entry: String) in
            service("web", replicas: 2) { specification in
                specification.entry = entry
                specification.ports = [Port(name: "http", port: 80)]
                specification.restart.policy = .never
                specification.update.maxSurge = .count(0)
                specification.update.maxUnavailable = .count(1)
            }
        }
        var cluster = checked(ModelCluster(nodes: 2))
        cluster.apply(document("old.ts"))
        cluster.advance(5)
        cluster.agents["node-2"]?.broken = ["web"]
        let old = try #require(cluster.running("web").first { $0.node == "node-2" })
        cluster.agents["node-2"]?.set(old.id, .failed)
        cluster.settle()
        cluster.apply(document("new.ts"))
        cluster.advance(1)
        #expect(generations(cluster) == [1, 2])
        cluster.agents["node-2"]?.broken = []
        cluster.advance(10)
        #expect(generations(cluster) == [2, 2])
        #expect(cluster.violation == nil)
    }

    @Test func aNewReplicaThatFailedIsTriedAgainAsANewOne() throws {
        let change: (inout UpdatePolicy) -> Void = {
            $0.maxSurge = .count(0)
            $0.maxUnavailable = .count(1)
        }
        var cluster = running(3, change)
        breakEverything(&cluster)
        cluster.apply(newer(3, change))
        cluster.settle()
        let new = try #require(cluster.running("web").last)
        cluster.agents[new.node]?.set(new.id, .failed)
        cluster.advance(1)
        #expect(generations(cluster) == [1, 1, 2])
        #expect(cluster.running("web").last?.id != new.id)
        #expect(cluster.violation == nil)
    }
}
