import Foundation
import OrionCore
import Testing

/// `orion` against a real orion-api and a real agent.
@Suite struct OrionSessionTests {
    private func document(_ services: String, name: String = "shop") -> String {
        "apiVersion: orion/v1\nkind: Config\nmetadata: {name: \(name)}\nspec:\n  services:\n\(services)"
    }

    private let web = "    - {name: web, runtime: exec, command: [sleep, '3600'], replicas: 2, ports: [{name: http}]}\n"

    @Test func `a service's life, from apply to delete`() async throws {
        try await SmallCluster.running { cluster in
            let planned = try await cluster.orion("apply", "-f", "-", "--dry-run", input: document(web))
            #expect(planned.status == 0, "\(planned.errors)")
            #expect(planned.output.contains("created") && planned.output.contains("nothing was changed"))
            #expect(try await cluster.orion("get", "services").errors == "no services\n")

            let applied = try await cluster.orion("apply", "-f", "-", "--wait", input: document(web))
            #expect(applied.status == 0, "\(applied.errors)")
            #expect(applied.output.hasSuffix("✓ web  2/2 ready\n"))

            let again = try await cluster.orion("apply", "-f", "-", "--wait", input: document(web))
            #expect(again.status == 0)
            #expect(again.output.contains("unchanged"))

            let replicas = try await cluster.orion("get", "replicas", "web").output.split(separator: "\n")
            #expect(replicas.count == 3)
            #expect(replicas.dropFirst().allSatisfy { $0.contains(" ready ") && $0.contains(" alpha ") })

            #expect(try await cluster.orion("scale", "web", "3", "--wait").output.hasSuffix("✓ web  3/3 ready\n"))
            let restarted = try await cluster.orion("restart", "web", "--wait")
            #expect(restarted.status == 0, "\(restarted.errors)")
            let later = try await cluster.orion("get", "replicas", "web").output
            #expect(replicas.dropFirst().allSatisfy { !later.contains($0.prefix { $0 != " " }) })

            let json = try OrionJSON.parse(
                Array(await cluster.orion("get", "services", "web", "-o", "json").output.utf8))
            guard case .object(let record) = json else { return #expect(Bool(false), "\(json)") }
            #expect(record["replicas"] == .integer(3))
            #expect(record["status"] == .string("running"))

            let deleted = try await cluster.orion("delete", "web", "--wait")
            #expect(deleted.status == 0, "\(deleted.errors)")
            #expect(deleted.output.hasSuffix("✓ web  removed\n"))
            #expect(try await cluster.orion("get", "services", "web").status == 1)
        }
    }

    @Test func `what cannot settle says why`() async throws {
        try await SmallCluster.running { cluster in
            let missing = "    - {name: gone, runtime: exec, command: /no/such/program, restart: {policy: never}}\n"
            let failed = try await cluster.orion("apply", "-f", "-", "--wait", input: document(missing))
            #expect(failed.status == 1)
            #expect(failed.errors.contains("gone: ") && failed.errors.contains("/no/such/program"), "\(failed.errors)")

            let huge = "    - {name: huge, runtime: exec, command: [sleep, '9'], resources: {cpu: 9000}}\n"
            let pending = try await cluster.orion(
                "apply", "-f", "-", "--wait", "--timeout", "1s", input: document(huge, name: "other"))
            #expect(pending.status == 1)
            #expect(pending.errors.contains("huge has not settled in 1 s: 0/1 ready · "), "\(pending.errors)")
            let row = try await cluster.orion("get", "replicas", "huge").output.split(separator: "\n").last ?? ""
            #expect(row.contains(" pending ") && row.contains("9000 cores"), "\(row)")
        }
    }

    @Test func `what the server refuses is told with its place`() async throws {
        try await SmallCluster.running { cluster in
            let invalid = try await cluster.orion(
                "apply", "-f", "-", input: document("    - name: web\n      dependencies: [nobody]\n"))
            #expect(invalid.status == 1)
            #expect(
                invalid.errors.contains("  standard input:7  spec.services[0].dependencies[0]: "), "\(invalid.errors)")

            #expect(try await cluster.orion("apply", "-f", "-", input: document(web)).status == 0)
            let foreign = try await cluster.orion("apply", "-f", "-", input: document(web, name: "other"))
            #expect(foreign.status == 1)
            #expect(foreign.errors.contains("spec.services[0]"), "\(foreign.errors)")
            #expect(
                try await cluster.orion("apply", "-f", "-", "--take-over", input: document(web, name: "other")).status
                    == 0)

            let pruned = try await cluster.orion(
                "apply", "-f", "-", "--prune", "--wait", input: document("    []\n", name: "other"))
            #expect(pruned.status == 0, "\(pruned.errors)")
            #expect(pruned.output.hasSuffix("✓ web  removed\n"))
        }
    }

    @Test func `a node is cordoned, drained and taken back`() async throws {
        try await SmallCluster.running { cluster in
            #expect(try await cluster.orion("apply", "-f", "-", "--wait", input: document(web)).status == 0)

            #expect(try await cluster.orion("cordon", "alpha").status == 0)
            #expect(try await cluster.orion("get", "nodes").output.contains("ready,cordoned"))
            #expect(try await cluster.orion("drain", "alpha").status == 0)
            #expect(try await cluster.orion("get", "nodes", "alpha").output.contains("ready,draining"))
            #expect(try await cluster.orion("uncordon", "alpha").status == 0)
            #expect(try await cluster.orion("get", "nodes").output.contains(" ready "))

            let connected = try await cluster.orion("delete", "node", "alpha")
            #expect(connected.status == 1)
            #expect(connected.errors.contains("connected"), "\(connected.errors)")
            #expect(try await cluster.orion("drain", "nobody").status == 1)
        }
    }
}
