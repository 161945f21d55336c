import Glibc
import OrionClient
import OrionCore

/// An orion-api and its agents, on this machine, in a folder of their own.
struct Cluster {
    let client: OrionClient
    let controlPlane: ChildProcess
    let agents: [ChildProcess]

    /// Starts everything, runs `body` once all agents are ready, and stops everything.
    static func running<Value>(
        programs: String, agents count: Int, timeoutSeconds: Int = 10, _ body: (Cluster) async throws -> Value
    ) async throws -> Value {
        try await TemporaryFolder.with { folder in
            let server = try await Server(programs: programs, in: folder, timeoutSeconds: timeoutSeconds)
            defer { server.stop() }
            var agents: [ChildProcess] = []
            defer {
                agents.forEach { $0.terminate() }
                agents.forEach { $0.wait(seconds: 20) }
            }
            for index in 1...count {
                agents.append(
                    try ChildProcess(
                        [
                            "\(programs)/orion-agent", "--control-plane", "\(server.address)/ws",
                            "--name", "node-\(index)", "--address", "127.0.0.1",
                            "--data-dir", "\(folder)/node-\(index)", "--workspace-root", folder,
                        ],
                        outputFile: "\(folder)/node-\(index).out"))
            }
            try await waitFor("the agents to be ready", in: folder) {
                try await server.client.nodes().count { $0.status == .ready } == count ? true : nil
            }
            return try await body(Cluster(client: server.client, controlPlane: server.process, agents: agents))
        }
    }

    /// Declares one service of `sleep`, under that name.
    func apply(_ name: ServiceName, replicas: Int) async throws {
        let document = SleepDocument(config: name.rawValue, services: [name], replicas: replicas)
        _ = try await client.apply(document: document.json, contentType: "application/json")
    }

    /// Removes a service, and returns once it is gone.
    func remove(_ name: ServiceName) async throws {
        try await client.delete(service: name)
        try await waitFor("\(name) to be gone") {
            try await client.services().contains { $0.specification.value.name == name } ? nil : true
        }
    }
}

/// Looks once a millisecond until there is something, for at most a minute.
@discardableResult
func waitFor<Value>(
    _ what: String, in folder: String? = nil, _ look: () async throws -> Value?
) async throws -> Value {
    let clock = ContinuousClock()
    let deadline = clock.now + .seconds(60)
    while clock.now < deadline {
        if let value = try await look() { return value }
        try await clock.sleep(for: .milliseconds(1))
    }
    let said = folder.map { folder in
        ["api.out", "node-1.out"].map { ProcFile("\(folder)/\($0)").text.suffix(2000) }.joined(separator: "\n")
    }
    throw BenchmarkError("waited a minute in vain for \(what)" + (said.map { "; they said:\n\($0)" } ?? ""))
}

extension Duration {
    /// In seconds.
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
