/// What agents take of orion-api while they are connected: its time while they beat and ping as usual, and its memory.
struct ConnectedAgents {
    let agents: Int
    /// How long they beat as usual.
    let seconds: Int

    func measure(programs: String) async throws -> [Result] {
        try await TemporaryFolder.with { folder in
            let server = try await Server(programs: programs, in: folder, core: Crowd.serverCore)
            defer { server.stop() }
            let crowd = try Crowd(agents: agents, timeoutSeconds: server.timeoutSeconds)
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
            server.kill()
            try await crowd.end()
            return results
        }
    }

    private func usual(_ server: Server, _ crowd: Crowd) async throws -> Result {
        try await crowd.beat(seconds: min(seconds, 5))
        let before = try server.process.cpuSeconds()
        try await crowd.beat(seconds: seconds)
        let used = try server.process.cpuSeconds() - before
        return Result(
            name: "orion-api with \(agents) agents for \(seconds) s, one core", unit: "%",
            values: [used / Double(seconds) * 100], aim: 10)
    }
}
