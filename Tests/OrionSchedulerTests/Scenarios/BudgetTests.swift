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
