import Foundation
import OrionCore
import Testing

/// The real programs over three hosts, one of which is cut off for a while.
@Suite(
    .serialized,
    .enabled(if: NetworkHosts.canBeMade, "network namespaces need root, and the programs ip, nft and nsenter"))
struct HostLossTests {
    /// Each replica prints its process id, and stays.
    private let document = """
        apiVersion: orion/v1
        kind: Config
        spec:
          services:
            - {name: web, runtime: exec, command: [/bin/sh, -c, "echo $$; exec sleep 7654"], replicas: 6}
        """

    @Test(arguments: NetworkHosts.Cut.allCases)
    func `replicas of a host that is cut off are replaced, and none runs twice once it is back`(
        _ cut: NetworkHosts.Cut
    ) async throws {
        try await HostCluster.running(3) { cluster in
            try await cluster.nodesAreReady()
            try await cluster.apply(document)
            // Ready is a replica once its program runs; that it has said so takes it a moment more.
            try await cluster.wait("six processes") {
                try (1...3).reduce(0) { try $0 + cluster.running(on: $1).count } == 6
            }
            let before = try (1...3).map { try cluster.running(on: $0) }
            #expect(before.map(\.count) == [2, 2, 2])

            try await blocking { try cluster.hosts.cut(cut, 3) }
            try await cluster.wait("six are ready on the hosts that are left") {
                let nodes = try await cluster.nodes()
                let instances = try await cluster.status(of: "web").instances
                return nodes.contains { $0.name == "host-3" && $0.status == .notReady }
                    && instances.count { $0.state == .ready && $0.node != "host-3" } == 6
            }
            // Nobody could tell them to stop, and nothing that ran elsewhere was touched.
            #expect(try cluster.running(on: 3) == before[2])
            for host in 1...2 { #expect(try cluster.running(on: host).isSuperset(of: before[host - 1])) }

            try await blocking { try cluster.hosts.mend(cut, 3) }
            try await cluster.nodesAreReady()
            try await cluster.wait("six processes run, and all are known") {
                let status = try await cluster.status(of: "web")
                return try status.observed.ready == 6 && status.instances.count == 6
                    && (1...3).reduce(0) { try $0 + cluster.running(on: $1).count } == 6
            }
            for host in 1...2 { #expect(try cluster.running(on: host).isSuperset(of: before[host - 1])) }
            #expect(try cluster.running(on: 3).isEmpty)
        }
    }
}
