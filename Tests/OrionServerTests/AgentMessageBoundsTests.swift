import OrionCore
import Testing

@testable import OrionServer

@Suite("What an agent may say at most")
struct AgentMessageBoundsTests {
    private let hello = Hello(nodeId: "a", name: "n", address: "h", labels: ["zone": "a"])

    @Test("An ordinary agent is within bounds")
    func ordinary() throws {
        var hello = hello
        hello.capacity = Capacity(cpu: 64, memory: 512 * 1024)
        hello.replicas = statuses(4000)
        let message = AgentMessage.hello(hello)
        #expect(try message.bounded() == message)
    }

    @Test("Too much is refused with a sentence")
    func tooMuch() {
        let long = String(repeating: "x", count: 300)
        refuses { $0.labels = [long: "v"] }
        refuses { $0.labels = ["k": String(repeating: "x", count: 1025)] }
        refuses { $0.labels = ["": "v"] }
        refuses { $0.labels = ["k": "line\nbreak"] }
        refuses { hello in (0..<257).forEach { hello.labels["k\($0)"] = "v" } }
        refuses { $0.instanceId = long }
        refuses { $0.agentVersion = long }
        refuses { $0.capacity = Capacity(cpu: -1, memory: 1) }
        refuses { $0.capacity = Capacity(cpu: 1, memory: 1e300) }
        refuses { $0.replicas = statuses(8001) }
        refuses { hello in
            var replica = ReplicaStatus(service: "s", replicaId: "s-1", state: .ready)
            replica.ports = Dictionary(uniqueKeysWithValues: (0..<257).map { ("p\($0)", $0) })
            hello.replicas = [replica]
        }
    }

    @Test("Metrics and times stay where sums do not overflow")
    func amounts() {
        func heartbeat(_ cpu: Double, _ time: Int64) -> AgentMessage {
            .heartbeat(Heartbeat(timestamp: Timestamp(milliseconds: time), metrics: Usage(cpu: cpu, memory: 0)))
        }
        #expect(throws: Never.self) { try heartbeat(100, 1_700_000_000_000).bounded() }
        #expect(throws: OrionError.self) { try heartbeat(-1, 0).bounded() }
        #expect(throws: OrionError.self) { try heartbeat(1e300, 0).bounded() }
        #expect(throws: OrionError.self) { try heartbeat(1, .max).bounded() }
    }

    @Test("What is said for people is cut at a character")
    func cut() throws {
        var status = ReplicaStatus(service: "s", replicaId: "s-1", state: .failed)
        status.message = "x" + String(repeating: "é", count: 5000)
        guard case .status(let bounded) = try AgentMessage.status(status).bounded() else { return }
        let message = try #require(bounded.message)
        #expect(message.utf8.count <= ServerLimits.statusMessageBytes)
        #expect(message.utf8.count > ServerLimits.statusMessageBytes - 4)
        #expect(message.hasSuffix("é…"))
        status.message = "short"
        #expect(try AgentMessage.status(status).bounded() == .status(status))
    }

    private func statuses(_ count: Int) -> [ReplicaStatus] {
        (0..<count).map {
            ReplicaStatus(service: "s", replicaId: ReplicaID(rawValue: "s-\($0)"), state: .ready)
        }
    }

    private func refuses(
        _ change: (inout Hello) -> Void, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        var hello = hello
        change(&hello)
        let error = #expect(throws: OrionError.self, sourceLocation: sourceLocation) {
            try AgentMessage.hello(hello).bounded()
        }
        #expect(error?.code.closeCode == 4400, sourceLocation: sourceLocation)
    }
}
