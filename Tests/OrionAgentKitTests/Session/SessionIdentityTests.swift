import OrionCore
import Testing

@testable import OrionAgentKit

@Suite struct SessionIdentityTests {
    let identity = SessionIdentity(
        nodeID: "n1", name: "one", address: "one.example", labels: ["zone": "a"],
        capacity: Capacity(cpu: 2, memory: 1024),
        instanceID: "i1", version: "1")

    func statuses(_ count: Int, message: String?) -> [ReplicaStatus] {
        let service = ServiceName(rawValue: String(repeating: "s", count: 56))
        return (0..<count).map { number in
            let fence = Fence(rawValue: UInt64(Int64.max) - UInt64(number))
            var status = ReplicaStatus(
                service: service, replicaId: ReplicaID(service: service, fence: fence), state: .backoff)
            status.generation = 1000
            status.restarts = 1_000_000
            status.startedAt = Timestamp(milliseconds: 1_795_605_060_682)
            status.ports = ["http": 40000, "metrics": 40001]
            status.exitCode = 137
            status.message = message
            return status
        }
    }

    func hello(_ json: [UInt8]) throws -> Hello {
        guard case .hello(let hello) = try AgentMessage(json: json) else { throw OrionError(.invalid, "no hello") }
        return hello
    }

    @Test func saysEverythingWhereItFits() throws {
        let statuses = statuses(3, message: "why")
        let hello = try hello(identity.hello(statuses))
        #expect(hello.replicas == statuses)
        #expect(hello.nodeId == "n1")
        #expect(hello.protocol == 1)
    }

    @Test func leavesOutMessagesBeforePorts() throws {
        let hello = try hello(identity.hello(statuses(2000, message: String(repeating: "m", count: 1000))))
        #expect(hello.replicas?.count == 2000)
        #expect(hello.replicas?.first?.message == nil)
        #expect(hello.replicas?.first?.ports?.count == 2)
    }

    @Test func theLargestNodeFitsInAFrame() throws {
        let json = identity.hello(statuses(4000, message: "why"))
        #expect(json.count < 1024 * 1024)
        let hello = try hello(json)
        #expect(hello.replicas?.count == 4000)
        #expect(hello.replicas?.last?.restarts == 1_000_000)
    }
}
