import ArgumentParser
import OrionCore

/// Measures the release programs as they are: one orion-api, three agents, real processes.
@main
struct Program: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "Benchmarks/run", abstract: "Measure orion-api and orion-agent on this machine.")

    @Option(help: "The folder that holds orion-api and orion-agent.")
    var programs: String

    @Option(help: "How often each is measured; the median is reported.")
    var runs = 9

    @Option(help: "How long idle CPU is measured, in seconds.")
    var idleSeconds = 60

    @Option(help: "Write the results to this file too, as JSON.")
    var json: String?

    @Flag(help: "Each once and briefly, to see that it works: the figures mean nothing.")
    var quick = false

    @Option(help: "Only these; of \(Part.names).")
    var only: [Part] = []

    /// What can be measured by itself.
    enum Part: String, CaseIterable, ExpressibleByArgument {
        case cluster, silence, goodbye, restart, start, messages, agents, http

        static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }
    }

    static func main() async {
        if CommandLine.arguments.dropFirst().first == HealthWatch.name {
            await HealthWatch.main(Array(CommandLine.arguments.dropFirst(2)))
        } else {
            await main(nil)
        }
    }

    func run() async throws {
        let machine = Machine.this
        print("measuring on \(machine.text)")
        var results: [Result] = []
        for part in Part.allCases where only.isEmpty || only.contains(part) { results += try await measure(part) }
        let report = Report(machine: machine, results: results)
        print(report.table)
        if let json { try report.write(to: json) }
    }

    private func measure(_ part: Part) async throws -> [Result] {
        switch part {
        case .cluster: try await Cluster.running(programs: programs, agents: 3, measureCluster)
        case .silence: [try await failover(.silence)]
        case .goodbye: [try await failover(.goodbye)]
        case .restart: [try await restart.measure(programs: programs)]
        case .start: try start.measure()
        case .messages: try Messages(rounds: quick ? 1 : 7).measure()
        case .agents: try await measureAgents()
        case .http: try await HTTPBenchmark(programs: programs, rounds: quick ? 1 : 7, seconds: quick ? 1 : 2).measure()
        }
    }

    private func measureCluster(_ cluster: Cluster) async throws -> [Result] {
        var results: [Result] = []
        results += try await Idle(seconds: quick ? 1 : idleSeconds).measure(cluster)
        for replicas in quick ? [1, 10] : [1, 10, 100] {
            results.append(try await ApplyToRunning(replicas: replicas, runs: quick ? 1 : runs).measure(cluster))
        }
        results.append(try await KillToSuccessor(runs: quick ? 1 : runs).measure(cluster))
        return results
    }

    private func measureAgents() async throws -> [Result] {
        let agents = quick ? 200 : 10_000
        var results = try await ConnectedAgents(agents: agents, seconds: quick ? 1 : 30).measure(programs: programs)
        let rate = HeartbeatRate(
            agents: quick ? 200 : 1_000, heartbeats: quick ? 2_000 : 400_000, runs: quick ? 1 : min(runs, 5))
        results += try await rate.measure(programs: programs)
        for transport in [Server.Transport.plain, .mutualTLS] {
            let reconnection = Reconnection(agents: agents, transport: transport, runs: quick ? 1 : min(runs, 3))
            results += try await reconnection.measure(programs: programs)
        }
        return results
    }

    private func failover(_ departure: Failover.Departure) async throws -> Result {
        let failover = Failover(departure: departure, replicas: quick ? 10 : 100, runs: quick ? 1 : min(runs, 5))
        return try await failover.measure(programs: programs)
    }

    private var start: Start {
        quick
            ? Start(services: 100, replicasEach: 10, nodes: 5, rounds: 1)
            : Start(services: 10_000, replicasEach: 10, nodes: 50, rounds: 7)
    }

    private var restart: RestartOfServer {
        quick
            ? RestartOfServer(services: 100, replicasEach: 10, nodes: 5, runs: 1)
            : RestartOfServer(services: 10_000, replicasEach: 10, nodes: 50, runs: min(runs, 5))
    }
}
