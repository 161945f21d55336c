import OrionCore
import Testing

@testable import OrionScheduler

/// A drain says what is left, and what that waits for.
@Suite struct DrainTests {
    private func remaining(_ cluster: ModelCluster) throws -> [NodeRecord.Remainder]? {
        try cluster.state.nodeRecord("node-1").remaining
    }

    /// `web` has a replica on each of two nodes.
    private func running(_ change: (inout ServiceSpecification) -> Void = { _ in }) throws -> ModelCluster {
        var cluster = ModelCluster(nodes: 2)
        cluster.apply(service("web", replicas: 2, change))
        cluster.advance(5)
        #expect(try remaining(cluster) == nil)
        return cluster
    }

    @Test func itWaitsForTheSuccessorToBecomeAvailable() throws {
        var cluster = try running()
        cluster.agents["node-2"]?.broken = ["web"]
        _ = cluster.request(.drain("node-1"))
        cluster.settle()
        let new = try #require(cluster.running("web").last)
        #expect(
            try remaining(cluster) == [
                NodeRecord.Remainder(
                    service: "web", replicas: 1, message: "Waits for \(new.id) on node-2, which is running.")
            ])
        cluster.agents["node-2"]?.broken = []
        cluster.agents["node-2"]?.set(new.id, .ready)
        cluster.settle()
        #expect(
            try remaining(cluster)?.map(\.message) == ["Waits for \(new.id) on node-2 to have been ready for 2 s."])
        cluster.advance(2.5)
        #expect(try remaining(cluster) == [])
        _ = cluster.request(.uncordon("node-1"))
        #expect(try remaining(cluster) == nil)
    }

    @Test func itWaitsForRoom() throws {
        var cluster = try running { $0.ports = [Port(name: "http", port: 80)] }
        _ = cluster.request(.drain("node-1"))
        cluster.advance(10)
        let message = try #require(try remaining(cluster)?.first?.message)
        #expect(message.hasPrefix("None of 2 nodes takes it: "), "\(message)")
        #expect(cluster.distribution("web")[0] == 1)
    }

    @Test func ofANodeThatIsGoneNobodyKnowsWhatRuns() throws {
        var cluster = try running()
        cluster.disconnect("node-1")
        cluster.advance(15)
        _ = cluster.request(.drain("node-1"))
        cluster.settle()
        #expect(try remaining(cluster)?.first?.message?.hasPrefix("The node is not connected") == true)
    }
}
