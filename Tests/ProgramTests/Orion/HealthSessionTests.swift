import Foundation
import Testing

/// Health checks as people meet them: `orion` against a real orion-api, a real agent and Examples/hello.
@Suite struct HealthSessionTests {
    private func document(path: String, startPeriod: Double) -> String {
        """
        apiVersion: orion/v1
        kind: Config
        spec:
          services:
            - name: web
              runtime: exec
              command: [./hello]
              replicas: 2
              ports: [{name: http}]
              health:
                http: {path: \(path)}
                intervalSeconds: 0.1
                startPeriodSeconds: \(startPeriod)
        """
    }

    @Test func `a service is ready once its checks pass, and says what is wrong until then`() async throws {
        try await SmallCluster.running { cluster in
            try FileManager.default.copyItem(
                at: OrionRun.program("hello"), to: cluster.folder.appendingPathComponent("hello"))
            let wrong = document(path: "/nothing-there", startPeriod: 1000)
            let applied = try await cluster.orion("apply", "-f", "-", input: wrong)
            #expect(applied.status == 0)
            #expect(applied.errors.isEmpty, "no field of it is a later version's: \(applied.errors)")
            var rows = ""
            let deadline = ContinuousClock.now + .seconds(30)
            while !rows.contains("/nothing-there: 404") {
                try #require(ContinuousClock.now < deadline, "\(rows)")
                rows = try await cluster.orion("get", "replicas", "web").output
            }
            #expect(!rows.contains(" ready "), "\(rows)")
            let services = try await cluster.orion("get", "services", "web").output
            #expect(services.contains("0/2"), "\(services)")
            // A change of the check needs no new process.
            let right = document(path: "/health", startPeriod: 10)
            let settled = try await cluster.orion("apply", "-f", "-", "--wait", input: right)
            #expect(settled.output.hasSuffix("✓ web  2/2 ready\n"), "\(settled.output)\(settled.errors)")
            let ready = try await cluster.orion("get", "replicas", "web").output
            let ids = { (table: String) in table.split(separator: "\n").dropFirst().map { $0.prefix { $0 != " " } } }
            #expect(ids(ready) == ids(rows))
            // And one that fails from now on is restarted, for a reason that can be read.
            let broken = document(path: "/gone", startPeriod: 0)
            #expect(try await cluster.orion("apply", "-f", "-", input: broken).status == 0)
            var json = ""
            let end = ContinuousClock.now + .seconds(30)
            // It may have been restarted more than once before we look.
            while json.firstMatch(of: /"restarts": [1-9]/) == nil || !json.contains("/gone: 404") {
                try #require(ContinuousClock.now < end, "\(json)")
                json = try await cluster.orion("get", "replicas", "web", "-o", "json").output
            }
        }
    }
}
