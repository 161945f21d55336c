import Foundation
import OrionClient
import OrionCore
import Testing

/// `orion drain --wait` with real programs: what it moves, what it waits for, and that it says so.
@Suite(.timeLimit(.minutes(2))) struct DrainSessionTests {
    /// A new replica is ready only once there is no file `hold`.
    private let document = """
        apiVersion: orion/v1
        kind: Config
        spec:
          services:
            - name: web
              runtime: exec
              command: [sleep, '3600']
              replicas: 2
              update: {minReadySeconds: 0.1}
              health:
                exec: {command: [/bin/sh, -c, 'test ! -e hold || test -e $ORION_REPLICA_ID']}
                intervalSeconds: 0.1
                startPeriodSeconds: 1000
        """

    private func eventually(_ what: String, _ isSo: () async throws -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(30)
        while try await !isSo() {
            try #require(ContinuousClock.now < deadline, "waited in vain: \(what)")
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    @Test func `a drain moves replicas as they become ready elsewhere, and shows how far it is`() async throws {
        try await SmallCluster.running(agents: ["alpha", "beta"]) { cluster in
            let client = try OrionClient(server: cluster.address)
            try await eventually("two nodes") { try await client.nodes().count { $0.status == .ready } == 2 }
            let applied = try await cluster.orion("apply", "-f", "-", "--wait", input: document)
            #expect(applied.status == 0, "\(applied.errors)")
            let before = try await client.service("web").status.instances
            #expect(Set(before.compactMap(\.node)) == ["alpha", "beta"])
            func path(_ name: String) -> URL { cluster.folder.appendingPathComponent(name) }
            for replica in before { try Data().write(to: path(try #require(replica.replicaId?.rawValue))) }
            try Data().write(to: path("hold"))

            let output = path("output")
            try Data().write(to: output)
            let drain = try RunningProgram(
                "orion", ["drain", "alpha", "--wait", "--server", cluster.address], in: cluster.folder,
                output: try FileHandle(forWritingTo: output))
            func shown() throws -> String { try String(contentsOf: output, encoding: .utf8) }
            try await eventually("what the drain waits for") { try shown().contains(" on beta, which is running") }
            #expect(try shown().contains("· alpha  1 left to move away · web 1: Waits for web-"))
            // The old one stays until the new one is ready.
            let meanwhile = try await client.service("web").status
            #expect(meanwhile.observed.ready == 2 && meanwhile.instances.count == 3)
            try FileManager.default.removeItem(at: path("hold"))
            #expect(try await blocking { drain.end() } == 0, "\(drain.log)")
            #expect(try shown().hasSuffix("✓ alpha  drained\n"))
            let after = try await client.service("web").status
            #expect(after.observed.ready == 2 && after.instances.allSatisfy { $0.node == "beta" })
            #expect(try await client.node("alpha").remaining == [])
        }
    }

    @Test func `a drain that finds no other place says so, and stops nothing`() async throws {
        try await SmallCluster.running { cluster in
            #expect(try await cluster.orion("apply", "-f", "-", "--wait", input: document).status == 0)
            let stuck = try await cluster.orion("drain", "alpha", "--wait", "--timeout", "1s")
            #expect(stuck.status == 1)
            let reason = "alpha has not settled in 1 s: 2 left to move away · web 2: The only node does not take it: "
            #expect(stuck.errors.contains(reason), "\(stuck.errors)")
            #expect(try await cluster.orion("get", "services", "web").output.contains(" 2/2 "))
            #expect(try await cluster.orion("uncordon", "alpha").status == 0)
        }
    }
}
