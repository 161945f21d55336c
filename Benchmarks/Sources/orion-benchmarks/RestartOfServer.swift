import NIOCore
import NIOPosix
import OrionClient
import OrionCore

/// From the start of orion-api, after one that was ended, until every agent has told it again what it runs.
///
/// The agents are pretended: 100,000 processes would measure the machine.
struct RestartOfServer {
    let services: Int
    let replicasEach: Int
    let nodes: Int
    let runs: Int

    func measure(programs: String) async throws -> Result {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let values = try await TemporaryFolder.with { folder in try await run(programs, folder, group) }
        try await group.shutdownGracefully()
        return Result(
            name: "orion-api starts with \(services) services, \(services * replicasEach) replicas → settled",
            unit: "s", values: values, aim: 3)
    }

    private func run(_ programs: String, _ folder: String, _ group: any EventLoopGroup) async throws -> [Double] {
        var server = try await Server(programs: programs, in: folder)
        defer { server.stop() }
        let agents = (1...nodes).map(PretendAgent.init)
        return try await withThrowingTaskGroup { tasks in
            for agent in agents {
                tasks.addTask { [address = server.address] in try await agent.run(address, group: group) }
            }
            try await areReady(server)
            let names = (1...services).map { ServiceName(rawValue: "sleep-\($0)") }
            let document = SleepDocument(config: "all", services: names, replicas: replicasEach)
            _ = try await server.client.apply(document: document.json, contentType: "application/json")
            // The list has some 30 MB: whoever asks for it all the time measures the asking.
            _ = try await waitFor("the launches") {
                agents.reduce(0) { $0 + $1.recordCount } == services * replicasEach ? true : nil
            }
            try await areRunning(server)
            let clock = ContinuousClock()
            var values: [Double] = []
            for _ in 1...runs {
                server.stop()
                _ = orders(of: agents)
                let begin = clock.now
                server = try await Server(programs: programs, in: folder, port: server.port)
                try await areReady(server)
                values.append((clock.now - begin).seconds)
                try await areRunning(server)
                let count = orders(of: agents)
                guard count == 0 else { throw BenchmarkError("\(count) orders were given where nothing had changed") }
            }
            tasks.cancelAll()
            return values
        }
    }

    private func orders(of agents: [PretendAgent]) -> Int { agents.reduce(0) { $0 + $1.takeOrderCount() } }

    /// A node is ready once what its agent runs has been compared with what it should run.
    private func areReady(_ server: Server) async throws {
        try await waitFor("the nodes") {
            try await server.client.nodes().count { $0.status == .ready } == nodes ? true : nil
        }
    }

    private func areRunning(_ server: Server) async throws {
        try await waitFor("the services") {
            let records = try await server.client.services()
            return records.count { $0.status.status == .running } == services ? true : nil
        }
    }
}
