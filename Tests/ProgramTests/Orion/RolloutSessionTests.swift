import Foundation
import OrionClient
import OrionCore
import Testing

/// Releases that work and releases that fail, as people see them: `orion` against a real orion-api and a real agent.
@Suite(.timeLimit(.minutes(2))) struct RolloutSessionTests {
    private static let broken = "echo connecting; echo no such table: users >&2; exit 3"

    /// Two replicas of `web` that run a script; the time that a broken one has is short.
    private func release(_ script: String, update: String = "{minReadySeconds: 0.1}") -> String {
        """
        apiVersion: orion/v1
        kind: Config
        spec:
          services:
            - name: web
              runtime: exec
              command: [/bin/sh, -c, '\(script)']
              replicas: 2
              update: \(update)
        """
    }

    private func ids(_ cluster: SmallCluster) async throws -> Set<String> {
        let table = try await cluster.orion("get", "replicas", "web").output
        return Set(table.split(separator: "\n").dropFirst().map { String($0.prefix { $0 != " " }) })
    }

    @Test func `a release that fails is rolled back by itself, and its evidence stays`() async throws {
        try await SmallCluster.running { cluster in
            let good = release("echo one; exec sleep 3600")
            #expect(try await cluster.orion("apply", "-f", "-", "--wait", input: good).status == 0)
            let before = try await ids(cluster)

            let bad = release(Self.broken, update: "{minReadySeconds: 0.1, deadlineSeconds: 3}")
            let failed = try await cluster.orion("apply", "-f", "-", "--wait", input: bad)
            #expect(failed.status == 1)
            #expect(failed.errors.hasPrefix("error: web: the rollout was rolled back: 0 of 2 replicas of generation 2"))
            #expect(failed.output.contains("exit status 3"), "\(failed.output)")
            #expect(failed.output.contains("\n  stdout | connecting\n"), "\(failed.output)")
            #expect(failed.output.contains("\n  stderr | no such table: users\n"), "\(failed.output)")
            // Nothing of the release that worked was touched.
            let settled = try await cluster.orion("rollout", "status", "web", "--wait")
            #expect(settled.output.contains("generation 3 brought an earlier specification back"))
            // What failed may still be stopping.
            #expect(try await ids(cluster).isSuperset(of: before))

            let status = try await cluster.orion("rollout", "status", "web").output
            #expect(status.hasPrefix("generation 2 is rolled-back: 0 of 2 replicas"), "\(status)")
            #expect(status.contains("\n  stderr | no such table: users\n"), "\(status)")
            let rollout = try await OrionClient(server: cluster.address).service("web").status.rollout
            let evidence = try #require(rollout.evidence?.first)
            #expect(evidence.node == "alpha" && evidence.exitCode == 3 && evidence.generation == 2)
            #expect(evidence.lastLines?.stderr.last == "no such table: users")
            let history = try await cluster.orion("rollout", "history", "web").output.split(separator: "\n")
            #expect(history.count == 4)
            #expect(history[2].contains("rolled-back") && history[2].contains("exit status 3"), "\(history)")

            // Someone who applies it again wants it tried again.
            let again = try await cluster.orion("apply", "-f", "-", "--wait", input: bad)
            #expect(again.status == 1)
            #expect(again.output.contains("updated"))
        }
    }

    @Test func `a release that fails without a way back is halted until someone acts`() async throws {
        try await SmallCluster.running { cluster in
            let update = "{minReadySeconds: 0.1, deadlineSeconds: 3, autoRollback: false}"
            let good = release("exec sleep 3600", update: "{minReadySeconds: 0.1, autoRollback: false}")
            #expect(try await cluster.orion("apply", "-f", "-", "--wait", input: good).status == 0)
            let before = try await ids(cluster)
            let failed = try await cluster.orion(
                "apply", "-f", "-", "--wait", input: release(Self.broken, update: update))
            #expect(failed.status == 1)
            #expect(failed.errors.contains("the rollout is halted: 0 of 2 replicas"), "\(failed.errors)")
            #expect(failed.output.contains("\n  stderr | no such table: users\n"), "\(failed.output)")
            #expect(try await cluster.orion("get", "services", "web").output.contains(" failed "))
            let halted = try await cluster.orion("rollout", "status", "web").output
            #expect(halted.hasPrefix("generation 2 is halted: "), "\(halted)")
            #expect(halted.contains("exit status 3") && halted.contains("  stderr | no such table: users\n"))

            // Back: the old replicas are what is wanted, and stay.
            let undone = try await cluster.orion("rollout", "undo", "web", "--wait")
            #expect(undone.status == 0, "\(undone.errors)")
            #expect(undone.output.hasSuffix("✓ web  2/2 ready\n"), "\(undone.output)")
            #expect(try await ids(cluster).isSuperset(of: before))

            // And on: new processes, new before old.
            let restarted = try await cluster.orion("rollout", "restart", "web", "--wait")
            #expect(restarted.status == 0, "\(restarted.errors)")
            #expect(try await ids(cluster).isDisjoint(with: before))
            let complete = try await cluster.orion("rollout", "status", "web", "--wait")
            #expect(complete.status == 0)
            #expect(complete.output.hasPrefix("generation 4 is complete\n2 of 2 updated, 2 available\n"))
            let history = try await cluster.orion("rollout", "history", "web").output.split(separator: "\n")
            let states = history.dropFirst().map { $0.split(separator: " ")[1] }
            #expect(states == ["complete", "complete", "halted", "complete"])

            let unknown = try await cluster.orion("rollout", "undo", "web", "--to", "77")
            #expect(unknown.status == 1)
            #expect(unknown.errors.contains("77"), "\(unknown.errors)")
            let first = try await cluster.orion("rollout", "undo", "web", "--to", "1", "--wait")
            #expect(first.status == 0, "\(first.errors)")
        }
    }

    @Test func `a service waits for those it depends on, says so, and only at its first start`() async throws {
        try await SmallCluster.running { cluster in
            let document = """
                apiVersion: orion/v1
                kind: Config
                spec:
                  services:
                    - name: db
                      runtime: exec
                      command: [sleep, '3600']
                      update: {minReadySeconds: 0.1}
                      health: {exec: {command: [test, -e, ready]}, intervalSeconds: 0.1, startPeriodSeconds: 1000}
                    - name: web
                      runtime: exec
                      command: [sleep, '3600']
                      update: {minReadySeconds: 0.1}
                      dependencies: [db]
                """
            let waiting = try await cluster.orion("apply", "-f", "-", "--wait", "--timeout", "1s", input: document)
            #expect(waiting.status == 1)
            let reason = "Waits for its dependency db to be ready."
            #expect(waiting.output.contains("· web  0/1 ready · \(reason)"), "\(waiting.output)")
            let row = try await cluster.orion("get", "replicas", "web").output.split(separator: "\n").last ?? ""
            #expect(row.contains(" pending ") && row.hasSuffix(reason), "\(row)")

            let ready = cluster.folder.appendingPathComponent("ready")
            try Data().write(to: ready)
            #expect(try await cluster.orion("rollout", "status", "web", "--wait").status == 0)

            // A restart is not held back.
            try FileManager.default.removeItem(at: ready)
            #expect(try await cluster.orion("restart", "db").status == 0)
            let restarted = try await cluster.orion("restart", "web", "--wait")
            #expect(restarted.status == 0, "\(restarted.errors)")
        }
    }
}
