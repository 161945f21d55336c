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
        programs: String, agents count: Int, _ body: (Cluster) async throws -> Value
    ) async throws -> Value {
        var template = Array("/tmp/orion-benchmarks.XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { throw BenchmarkError("no folder could be made in /tmp") }
        let folder = String(cString: made)
        var children: [ChildProcess] = []
        defer {
            children.reversed().forEach { $0.terminate() }
            children.reversed().forEach { $0.wait(seconds: 20) }
            try? ChildProcess(["/bin/rm", "-rf", folder], outputFile: "/dev/null").wait(seconds: 20)
        }
        let controlPlane = try ChildProcess(
            ["\(programs)/orion-api", "--port", "0", "--state-db", "\(folder)/state.sqlite"],
            outputFile: "\(folder)/api.out")
        children.append(controlPlane)
        let address = try await waitFor("orion-api to listen", in: folder) { () -> String? in
            let line = ProcFile("\(folder)/api.out").text.split(separator: "\n").first { $0.contains("listening on ") }
            return line?.split(separator: " ").last.map(String.init)
        }
        for index in 1...count {
            children.append(
                try ChildProcess(
                    [
                        "\(programs)/orion-agent", "--control-plane", "\(address)/ws", "--name", "node-\(index)",
                        "--address", "127.0.0.1", "--data-dir", "\(folder)/node-\(index)", "--workspace-root", folder,
                    ],
                    outputFile: "\(folder)/node-\(index).out"))
        }
        let client = try OrionClient(server: address)
        try await waitFor("the agents to be ready", in: folder) {
            try await client.nodes().count { $0.status == .ready } == count ? true : nil
        }
        return try await body(
            Cluster(client: client, controlPlane: controlPlane, agents: Array(children.dropFirst())))
    }

    /// Declares one service of `sleep`, under that name.
    func apply(_ name: ServiceName, replicas: Int) async throws {
        var service: [String: JSONValue] = ["name": .string(name.rawValue), "runtime": .string("exec")]
        service["command"] = .array([.string("sleep"), .string("86400")])
        service["replicas"] = .integer(Int64(replicas))
        let document = JSONValue.object([
            "apiVersion": .string("orion/v1"), "kind": .string("Config"),
            "metadata": .object(["name": .string(name.rawValue)]),
            "spec": .object(["services": .array([.object(service)])]),
        ])
        _ = try await client.apply(document: OrionJSON.encode(document), contentType: "application/json")
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
