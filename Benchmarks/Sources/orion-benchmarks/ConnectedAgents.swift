/// What agents take of orion-api while they are connected: its memory, its time while they beat and ping as usual, and how
/// many heartbeats it takes in at most.
struct ConnectedAgents {
    let agents: Int
    /// How long they beat as usual.
    let seconds: Int
    /// Heartbeats of a run.
    let heartbeats: Int
    let runs: Int

    func measure(programs: String) async throws -> [Result] {
        try await TemporaryFolder.with { folder in
            let server = try await Server(programs: programs, in: folder, core: Crowd.serverCore)
            defer { server.stop() }
            let crowd = try Crowd(agents: agents)
            let before = (server.process.residentMiB, server.process.proportionalMiB)
            try await crowd.connect(to: server.address, server.files)
            var results = [try await usual(server, crowd)]
            // After they have been heard from, and pinged, a few times.
            let after = (server.process.residentMiB, server.process.proportionalMiB)
            results += [("resident", after.0 - before.0), ("proportional", after.1 - before.1)].map { kind, grown in
                Result(
                    name: "orion-api's memory for each of \(agents) agents, \(kind)", unit: "KiB",
                    values: [grown * 1024 / Double(agents)], aim: 8)
            }
            results.append(try await rate(1, server, crowd, aim: 120_000))
            results.append(try await rate(50, server, crowd, aim: 400_000))
            server.kill()
            try await crowd.end()
            return results
        }
    }

    private func usual(_ server: Server, _ crowd: Crowd) async throws -> Result {
        try await crowd.beat(seconds: min(seconds, 5))
        let before = server.process.cpuSeconds
        try await crowd.beat(seconds: seconds)
        let used = server.process.cpuSeconds - before
        return Result(
            name: "orion-api with \(agents) agents for \(seconds) s, one core", unit: "%",
            values: [used / Double(seconds) * 100], aim: 10)
    }

    /// Heartbeats in a second of the server's time. It is kept busy by several groups of agents, and each agent beats again
    /// only once it was read from: so it finds `each` heartbeats with each read.
    private func rate(_ each: Int, _ server: Server, _ crowd: Crowd, aim: Double) async throws -> Result {
        let (lanes, groupCount) = (4, min(250, agents / 4))
        var values: [Double] = []
        for _ in 1...runs {
            let before = server.process.cpuSeconds
            let begun = Crowd.Count()
            let rounds = max(heartbeats * (each == 1 ? 1 : 4) / (groupCount * each), lanes)
            await withTaskGroup { tasks in
                for _ in 1...lanes {
                    tasks.addTask {
                        while case let round = begun.add(), round < rounds {
                            let start = round * groupCount % (agents - groupCount + 1)
                            await crowd.beat(crowd.agents[start..<start + groupCount], each: each)
                        }
                    }
                }
            }
            // What was read is still to be taken in.
            try await ContinuousClock().sleep(for: .milliseconds(300))
            values.append(Double(rounds * groupCount * each) / (server.process.cpuSeconds - before))
        }
        return Result(
            name: "heartbeats on one core, \(each) a read", unit: "/s", values: values, aim: aim)
    }
}
