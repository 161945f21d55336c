import OrionCore
import Testing

@testable import orion

@Suite struct DrainTests {
    private func node(replicas: Int, draining: Bool = true) -> NodeRecord {
        NodeRecord(
            id: "n1", name: "alpha", address: "", labels: [:], capacity: Capacity(), status: .ready,
            schedulable: !draining, draining: draining, connected: true, allocated: Capacity(), replicas: replicas)
    }

    @Test func `a drain has settled once no replica is left`() {
        #expect(Waiter.progress(of: node(replicas: 2)) == .waiting("2 left to move away"))
        #expect(Waiter.progress(of: node(replicas: 0)) == .settled("drained"))
    }

    @Test func `a drain says what is left of which service, and what holds it up`() {
        var node = node(replicas: 3)
        node.remaining = [
            NodeRecord.Remainder(service: "db", replicas: 1, message: "None of 2 nodes takes it: 2 are full."),
            NodeRecord.Remainder(service: "web", replicas: 2),
        ]
        #expect(
            Waiter.progress(of: node)
                == .waiting("3 left to move away · db 1: None of 2 nodes takes it: 2 are full · web 2"))
    }

    @Test func `a drain that was taken back will not settle`() {
        #expect(Waiter.progress(of: node(replicas: 2, draining: false)).isFinal)
    }
}
