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

    @Test func `a drain that was taken back will not settle`() {
        #expect(Waiter.progress(of: node(replicas: 2, draining: false)).isFinal)
    }
}
