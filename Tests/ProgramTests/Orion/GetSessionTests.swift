import Foundation
import OrionClient
import OrionCore
import Testing

/// `orion get` in each of its forms, with real programs behind it.
@Suite(.timeLimit(.minutes(2))) struct GetSessionTests {
    private let document = """
        apiVersion: orion/v1
        kind: Config
        spec:
          services:
            - name: web
              runtime: exec
              command: [sleep, '3600']
              ports: [{name: http}]
              update: {minReadySeconds: 0.1}
        """

    private func titles(_ table: String) -> [Substring] {
        table.prefix { $0 != "\n" }.split(separator: " ")
    }

    @Test func `what a node and its replicas use is shown, wide and by the API`() async throws {
        try await SmallCluster.running(settings: ["--heartbeat-interval", "0.2"]) { cluster in
            #expect(try await cluster.orion("apply", "-f", "-", "--wait", input: document).status == 0)
            let client = try OrionClient(server: cluster.address)
            let deadline = ContinuousClock.now + .seconds(30)
            while try await client.service("web").status.instances.first?.metrics == nil {
                try #require(ContinuousClock.now < deadline, "no heartbeat says what the replica uses")
                try await Task.sleep(for: .milliseconds(20))
            }
            let replica = try #require(try await client.service("web").status.instances.first?.metrics)
            let node = try #require(try await client.node("alpha").metrics)
            // It has a stack at least, and sleeps.
            #expect(replica.memory > 4096 && replica.memory < node.memory && replica.cpu < 50)

            let nodes = try await cluster.orion("get", "nodes", "-o", "wide").output
            #expect(titles(nodes).suffix(4) == ["USED", "AGENT", "ID", "LABELS"])
            #expect(nodes.contains(/\d+\.\d% \d+Mi/) && nodes.contains("os=linux"), "\(nodes)")
            let replicas = try await cluster.orion("get", "replicas", "-o", "wide").output
            #expect(titles(replicas).suffix(5) == ["GENERATION", "CPU", "MEMORY", "REPLACES", "MESSAGE"])
            #expect(replicas.contains(/\s\d+\.\d% +\d+Mi\s/), "\(replicas)")
            let services = try await cluster.orion("get", "services", "-o", "wide").output
            #expect(titles(services).suffix(6) == ["CONFIG", "RUNS", "PORTS", "ROLLOUT", "ID", "MESSAGE"])
            #expect(services.contains("  sleep 3600  http ") && services.contains(" complete 1/1 "), "\(services)")
        }
    }

    @Test func `as YAML it is what the server answers`() async throws {
        try await SmallCluster.running { cluster in
            #expect(try await cluster.orion("apply", "-f", "-", "--wait", input: document).status == 0)
            let service = try await cluster.orion("get", "service", "web", "-o", "yaml").output
            let lines = service.split(separator: "\n")
            #expect(lines.contains("name: web") && lines.contains("status: running"), "\(service)")
            let replicas = try await cluster.orion("get", "replicas", "-o", "yaml").output
            #expect(replicas.hasPrefix("items:\n") && replicas.contains("state: ready"), "\(replicas)")
            let nodes = try await cluster.orion("get", "nodes", "-o", "yaml").output
            #expect(nodes.hasPrefix("items:\n") && nodes.contains("name: alpha"), "\(nodes)")
        }
    }

    @Test func `a watch shows what changes, and outlives orion-api`() async throws {
        try await SmallCluster.running { cluster in
            #expect(try await cluster.orion("apply", "-f", "-", "--wait", input: document).status == 0)
            let shown = cluster.folder.appendingPathComponent("shown")
            try Data().write(to: shown)
            let watch = try RunningProgram(
                "orion", ["get", "replicas", "--watch", "--server", cluster.address], in: cluster.folder,
                output: try FileHandle(forWritingTo: shown))
            func lines() throws -> [Substring] {
                try String(contentsOf: shown, encoding: .utf8).split(separator: "\n")
            }
            func wait(_ what: String, _ isSo: ([Substring]) -> Bool) async throws {
                let deadline = ContinuousClock.now + .seconds(30)
                var text = try lines()
                while !isSo(text) {
                    try #require(ContinuousClock.now < deadline, "\(what): \(text) \(watch.log)")
                    try await Task.sleep(for: .milliseconds(20))
                    text = try lines()
                }
            }
            try await wait("the replica") { $0.count == 2 }
            #expect(try await cluster.orion("scale", "web", "2", "--wait").status == 0)
            let status = try await OrionClient(server: cluster.address).service("web").status
            let second = try #require(status.instances.last?.replicaId)
            try await wait("the new one") { $0.contains { $0.hasPrefix(second.rawValue) && $0.contains(" ready ") } }
            #expect(try lines().count { $0.hasPrefix("REPLICA ") } == 1)
            // What did not change is not shown again.
            #expect(try lines().count { !$0.hasPrefix(second.rawValue) } == 2)
            await cluster.killControlPlane()
            try await wait("the note") { $0.contains("orion-api does not answer; trying again") }
            watch.signal(SIGINT)
            #expect(watch.end() == -SIGINT)
        }
    }
}
