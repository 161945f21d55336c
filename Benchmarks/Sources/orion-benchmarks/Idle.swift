/// What the programs take while nothing happens: three agents connected, no replicas.
struct Idle {
    let seconds: Int

    func measure(_ cluster: Cluster) async throws -> [Result] {
        // What was needed to start is given back, or is not.
        try await ContinuousClock().sleep(for: .seconds(min(5, seconds)))
        let all = [cluster.controlPlane] + cluster.agents
        let before = try all.map { try $0.cpuSeconds() }
        try await ContinuousClock().sleep(for: .seconds(seconds))
        let used = try zip(all, before).map { try ($0.cpuSeconds() - $1) / Double(seconds) * 100 }
        let agents = cluster.agents
        return [
            Result(name: "orion-api idle, resident", unit: "MiB", values: [cluster.controlPlane.residentMiB], aim: 40),
            Result(name: "orion-api idle, proportional", unit: "MiB", values: [cluster.controlPlane.proportionalMiB]),
            Result(name: "orion-agent idle, resident", unit: "MiB", values: agents.map(\.residentMiB), aim: 25),
            Result(name: "orion-agent idle, proportional", unit: "MiB", values: agents.map(\.proportionalMiB)),
            Result(name: "orion-api idle for \(seconds) s, one core", unit: "%", values: [used[0]], aim: 0.5),
            Result(name: "orion-agent idle for \(seconds) s, one core", unit: "%", values: Array(used[1...]), aim: 0.5),
        ]
    }
}
