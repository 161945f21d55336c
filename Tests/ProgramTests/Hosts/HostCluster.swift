import Foundation
import OrionCore
import Testing

/// An orion-api on the first of several hosts, and an agent on each of them.
final class HostCluster: Sendable {
    let hosts: NetworkHosts
    let folder: URL
    private let count: Int
    private let programs: [RunningProgram]
    private let address: String

    /// Starts everything on that many hosts, runs `body`, and leaves nothing behind.
    static func running(_ count: Int, _ body: (HostCluster) async throws -> Void) async throws {
        let cluster = try await blocking { try HostCluster(count) }
        do {
            try await body(cluster)
        } catch {
            try await blocking { cluster.stop() }
            throw error
        }
        try await blocking { cluster.stop() }
    }

    private init(_ count: Int) throws {
        self.count = count
        let hosts = try NetworkHosts(count)
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("orion-hosts-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        // A port of its own is no question: nobody else is on these hosts.
        let address = "http://\(hosts.address(1)):6060"
        let controlPlane = try RunningProgram(
            "orion-api",
            [
                "--host", hosts.address(1), "--insecure-allow-anonymous", "--heartbeat-interval", "1",
                "--heartbeat-timeout", "2",
            ],
            in: folder, entrance: hosts.entrance(1))
        let agents = try (1...count).map { host in
            try RunningProgram(
                "orion-agent",
                [
                    "--control-plane", address, "--name", "host-\(host)", "--address", hosts.address(host),
                    "--data-dir", Self.dataDirectory(of: host, in: folder).path,
                ],
                in: folder, entrance: hosts.entrance(host))
        }
        self.hosts = hosts
        self.folder = folder
        self.address = address
        programs = agents + [controlPlane]
    }

    /// What every program has said, for a test that failed.
    var log: String { programs.map(\.log).joined(separator: "\n") }

    func apply(_ document: String) async throws {
        let run = try await orion("apply", "-f", "-", "--wait", input: document)
        try #require(run.status == 0, "\(run.errors)\(log)")
    }

    /// Waits until every agent has said hello.
    func nodesAreReady() async throws {
        try await wait("every node is ready") { try await self.nodes().count { $0.status == .ready } == self.count }
    }

    /// Waits until `condition` holds.
    func wait(_ what: String, _ condition: () async throws -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while try await !condition() {
            try #require(ContinuousClock.now < deadline, "in vain: \(what)\n\(log)")
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    func status(of service: ServiceName) async throws -> ServiceStatus {
        try OrionJSON.decode(ServiceRecord.self, from: await json(["services", service.rawValue])).status
    }

    func nodes() async throws -> [NodeRecord] {
        guard case .object(let list) = try OrionJSON.parse(await json(["nodes"])),
            case .array(let items)? = list["items"]
        else { return [] }
        return try items.map { try OrionJSON.read(NodeRecord.self, from: $0) }
    }

    /// The processes of a host's replicas: each has printed its id. Those that still run.
    func running(on host: Int) throws -> Set<Int32> {
        let replicas = Self.dataDirectory(of: host, in: folder).appendingPathComponent("replicas")
        var pids: Set<Int32> = []
        for name in try FileManager.default.contentsOfDirectory(atPath: replicas.path) {
            let output = replicas.appendingPathComponent("\(name)/stdout.log")
            let text = (try? String(contentsOf: output, encoding: .utf8)) ?? ""
            pids.formUnion(text.split(separator: "\n").compactMap { Int32($0) }.filter(isRunning))
        }
        return pids
    }

    private func stop() {
        for program in programs { program.signal(SIGTERM) }
        for program in programs { program.end() }
        hosts.remove()
        try? FileManager.default.removeItem(at: folder)
    }

    private func json(_ arguments: [String]) async throws -> [UInt8] {
        let deadline = ContinuousClock.now + .seconds(30)
        while true {
            let run = try await orion(["get"] + arguments + ["-o", "json"])
            if run.status == 0 { return Array(run.output.utf8) }
            try #require(ContinuousClock.now < deadline, "\(run.errors)")
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    private func orion(_ arguments: String..., input: String = "") async throws -> OrionRun {
        try await orion(arguments, input: input)
    }

    private func orion(_ arguments: [String], input: String = "") async throws -> OrionRun {
        try await OrionRun.of(
            arguments, in: folder, input: input, environment: ["ORION_API": address], entrance: hosts.entrance(1))
    }

    private static func dataDirectory(of host: Int, in folder: URL) -> URL {
        folder.appendingPathComponent("host-\(host)")
    }
}
