import OrionCore

/// What a message of an agent costs to read and to write: one call on one core, in a loop; by the processor's time, which
/// other programs take little of.
struct Messages {
    let rounds: Int

    func measure() throws -> [Result] {
        var results: [Result] = []
        for (name, message, count, aims) in messages {
            let json = message.json()
            results.append(
                Result(
                    name: "\(name) read", unit: "ns",
                    values: try nanoseconds(count) { _ = try? AgentMessage(json: json) },
                    aim: aims?.read))
            results.append(
                Result(
                    name: "\(name) written", unit: "ns", values: try nanoseconds(count) { _ = message.json() },
                    aim: aims?.written))
        }
        return results
    }

    private var messages: [(String, AgentMessage, Int, (read: Double, written: Double)?)] {
        let time = Timestamp(milliseconds: 1_764_150_000_000)
        var status = ReplicaStatus(service: "web", replicaId: "web-00000a", state: .ready)
        status.generation = 3
        status.restarts = 0
        status.startedAt = time
        var hello = Hello(nodeId: "node-1", name: "node-1", address: "10.0.0.1")
        hello.replicas = (1...UInt64(2000)).map { number in
            var status = status
            status.replicaId = ReplicaID(service: "web", fence: Fence(rawValue: number))
            return status
        }
        let heartbeat = Heartbeat(timestamp: time, metrics: Usage(cpu: 12.5, memory: 52_428_800))
        return [
            ("heartbeat", .heartbeat(heartbeat), 200_000, (200, 300)),
            ("status", .status(status), 100_000, nil),
            ("hello with 2,000 replicas", .hello(hello), 50, nil),
        ]
    }

    private func nanoseconds(_ count: Int, _ body: () -> Void) throws -> [Double] {
        try (0..<rounds).map { _ in
            try CPUClock.thisThread.seconds { for _ in 0..<count { body() } } * 1e9 / Double(count)
        }
    }
}
