import OrionClient
import OrionCore

/// From the moment that orion-api listens again, after a crash, until all agents are ready; and how long `/health` takes
/// meanwhile.
struct Reconnection {
    let agents: Int
    let transport: Server.Transport
    let runs: Int

    func measure(programs: String) async throws -> [Result] {
        try await TemporaryFolder.with { folder in
            var server = try await start(programs, folder)
            let crowd = try Crowd(agents: agents, timeoutSeconds: server.timeoutSeconds)
            defer { server.stop() }
            let idle = server.process.residentMiB
            try await crowd.connect(to: server.address, server.files)
            let memory = (server.process.residentMiB - idle) * 1024 / Double(agents)
            let clock = ContinuousClock()
            var seconds: [Double] = []
            var health: [Double] = []
            for _ in 1...runs {
                server.kill()
                try await crowd.isGone()
                server = try await start(programs, folder, port: server.port)
                var begin = clock.now
                let worst = try await HealthWatch.slowest(of: server, in: folder) {
                    begin = clock.now
                    try await crowd.connect(to: server.address, server.files)
                }
                seconds.append((clock.now - begin).seconds)
                health.append(worst)
                let ready = try await server.client.nodes().count { $0.status == .ready }
                guard ready == agents else { throw BenchmarkError("only \(ready) of \(agents) nodes are ready") }
            }
            server.kill()
            try await crowd.end()
            return results(seconds, health, memory)
        }
    }

    private func results(_ seconds: [Double], _ health: [Double], _ memory: Double) -> [Result] {
        let (how, aim) = transport == .plain ? ("", 5.0) : (", mutual TLS", 15)
        var results = [
            Result(name: "\(agents) agents reconnect → all ready\(how)", unit: "s", values: seconds, aim: aim),
            Result(name: "the slowest /health meanwhile\(how)", unit: "ms", values: health, aim: 50),
        ]
        if transport == .mutualTLS {
            results.append(
                Result(name: "orion-api's memory for each of \(agents) agents\(how)", unit: "KiB", values: [memory]))
        }
        return results
    }

    private func start(_ programs: String, _ folder: String, port: String = "0") async throws -> Server {
        try await Server(programs: programs, in: folder, port: port, transport: transport, core: Crowd.serverCore)
    }
}
