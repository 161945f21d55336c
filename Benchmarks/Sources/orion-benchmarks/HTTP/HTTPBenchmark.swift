import OrionClient
import OrionCore

/// What a request costs, beside other servers that answer with the same bytes: each server alone on one core, wrk on
/// another.
struct HTTPBenchmark {
    let programs: String
    let rounds: Int
    let seconds: Int

    func measure() async throws -> [Result] {
        [try await IdleAtShutdown(runs: rounds).measure(programs: programs)] + (try await races())
    }

    private func races() async throws -> [Result] {
        guard let wrk = Wrk(seconds: seconds) else {
            print("left out, since wrk is not installed: requests (`Benchmarks/run --only http` installs it)")
            return []
        }
        return try await TemporaryFolder.with { folder in
            let server = try await Server(programs: programs, in: folder, core: Crowd.serverCore)
            defer { server.stop() }
            let names = (1...1000).map { ServiceName(rawValue: "sleep-\($0)") }
            let document = SleepDocument(config: "all", services: names, replicas: 0)
            _ = try await server.client.apply(document: document.json, contentType: "application/json")
            return try await health(server, wrk, folder) + services(server, wrk, folder)
        }
    }

    private func health(_ server: Server, _ wrk: Wrk, _ folder: String) async throws -> [Result] {
        var race = try Race("/health", of: server, in: folder)
        defer { race.end() }
        for peer in Peer.all(programs: programs) { try await race.enter(peer) }
        let laps = try race.run(wrk, connections: 32, rounds: rounds)
        return laps.results("/health")
            + laps.ratio("/health: requests of orion-api", to: "nginx", unit: "of nginx's", aim: 0.6) { $0.rate }
            + laps.ratio("/health: CPU of orion-api for one", to: "nginx", unit: "× nginx's", aim: 1.67) {
                $0.microseconds
            }
    }

    /// From bytes that are ready, against what it costs to send them.
    private func services(_ server: Server, _ wrk: Wrk, _ folder: String) async throws -> [Result] {
        var race = try Race("/api/services", of: server, in: folder)
        defer { race.end() }
        for peer in Peer.all(programs: programs) where ["nginx", "NIO without a parser"].contains(peer.name) {
            try await race.enter(peer)
        }
        race.enter("orion-api, gzip", as: Race.subject, headers: ["Accept-Encoding: gzip"])
        let laps = try race.run(wrk, connections: 4, rounds: rounds)
        return laps.results("1,000 services")
            + laps.ratio(
                "1,000 services: CPU of orion-api for one", to: "NIO without a parser", unit: "× NIO's", aim: 1.3
            ) { $0.microseconds }
    }
}
