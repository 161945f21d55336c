/// How many heartbeats orion-api takes in, in a second of its own time: from the socket to the committed state.
struct HeartbeatRate {
    let agents: Int
    /// Heartbeats of a run.
    let heartbeats: Int
    let runs: Int

    func measure(programs: String) async throws -> [Result] {
        try await TemporaryFolder.with { folder in
            // So that pings are few: they are measured elsewhere.
            let server = try await Server(
                programs: programs, in: folder, timeoutSeconds: 3600, core: Crowd.serverCore)
            defer { server.stop() }
            let crowd = try Crowd(agents: agents, timeoutSeconds: server.timeoutSeconds)
            try await crowd.connect(to: server.address, server.files)
            let results = [
                try await rate(1, heartbeats, server, crowd, aim: 120_000),
                try await rate(50, heartbeats * 4, server, crowd, aim: 400_000),
            ]
            server.kill()
            try await crowd.end()
            return results
        }
    }

    /// The server is kept busy by several groups of agents, each of which beats again only once it was read from: so it
    /// finds `each` heartbeats with each read.
    private func rate(
        _ each: Int, _ heartbeats: Int, _ server: Server, _ crowd: Crowd, aim: Double
    ) async throws -> Result {
        let (lanes, groupCount) = (4, agents / 8)
        let rounds = max(heartbeats / (groupCount * each), lanes)
        var values: [Double] = []
        for _ in 1...runs {
            let before = try server.process.cpuSeconds()
            let begun = Crowd.Count()
            await withTaskGroup { tasks in
                for _ in 1...lanes {
                    tasks.addTask {
                        while case let round = begun.add(), round < rounds {
                            let start = round % 8 * groupCount
                            await crowd.beat(crowd.agents[start..<start + groupCount], each: each)
                        }
                    }
                }
            }
            // What was read is still to be taken in.
            try await ContinuousClock().sleep(for: .milliseconds(300))
            let used = try server.process.cpuSeconds() - before
            values.append(Double(rounds * groupCount * each) / used)
        }
        return Result(name: "heartbeats on one core, \(each) a read", unit: "/s", values: values, aim: aim)
    }
}
