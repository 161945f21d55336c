import Foundation
import OrionClient
import OrionCore
import Testing

/// A program of this package, run by a test.
final class RunningProgram: Sendable {
    let pid: Int32
    let errors: URL
    private let process: Process

    init(
        _ name: String, _ arguments: [String], in folder: URL, environment: [String: String] = [:],
        output: FileHandle = .nullDevice, entrance: [String] = []
    ) throws {
        errors = folder.appendingPathComponent("\(name)-\(UUID().uuidString).log")
        try Data().write(to: errors)
        process = Process()
        try process.setCommand(OrionRun.program(name), arguments, entrance: entrance)
        process.environment = environment.merging(["PATH": "/usr/bin:/bin"]) { given, _ in given }
        process.currentDirectoryURL = folder
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = try FileHandle(forWritingTo: errors)
        try process.run()
        pid = process.processIdentifier
    }

    /// A test that fails does not come to end it.
    deinit {
        if process.isRunning { kill(pid, SIGKILL) }
    }

    var log: String { (try? String(contentsOf: errors, encoding: .utf8)) ?? "" }

    func signal(_ number: Int32) { kill(pid, number) }

    /// Waits for its end; the exit status, or the negative number of the signal that ended it.
    @discardableResult
    func end() -> Int32 {
        process.waitUntilExit()
        return process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
    }
}

/// An orion-api with a state in memory, and a folder for agents.
final class AgentBench: Sendable {
    let folder: URL
    let address: String
    let client: OrionClient
    private let controlPlane: RunningProgram

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("orion-agent-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let output = Pipe()
        controlPlane = try RunningProgram(
            "orion-api", ["--port", "0", "--state-db", "memory:"], in: folder, output: output.fileHandleForWriting)
        try output.fileHandleForWriting.close()
        var line = Data()
        while !line.contains(UInt8(ascii: "\n")) {
            let part = output.fileHandleForReading.availableData
            if part.isEmpty { break }
            line += part
        }
        let words = String(decoding: line, as: UTF8.self).split(whereSeparator: \.isWhitespace)
        address = try #require(words.last.map(String.init), "\(controlPlane.log)")
        client = try OrionClient(server: address)
    }

    deinit {
        controlPlane.signal(SIGTERM)
        controlPlane.end()
        try? FileManager.default.removeItem(at: folder)
    }

    func agent(
        _ arguments: [String] = [], environment: [String: String] = [:], entrance: [String] = []
    ) throws -> RunningProgram {
        try RunningProgram(
            "orion-agent",
            ["--control-plane", address, "--name", "one", "--data-dir", folder.appendingPathComponent("data").path]
                + arguments,
            in: folder, environment: environment, entrance: entrance)
    }

    func apply(_ replicas: Int, script: String, disconnect: [String: any Sendable] = [:]) async throws {
        let service: [String: Any] = [
            "name": "web", "runtime": "exec", "command": ["/bin/sh", "-c", script], "replicas": replicas,
            "restart": ["initialDelaySeconds": 0.01], "disconnect": disconnect,
        ]
        let document: [String: Any] = ["apiVersion": "orion/v1", "kind": "Config", "spec": ["services": [service]]]
        let json = try JSONSerialization.data(withJSONObject: document)
        _ = try await client.apply(document: Array(json), contentType: "application/json")
    }

    /// Waits until as many replicas are ready as wanted, and all of `condition` holds for the service.
    @discardableResult
    func ready(
        _ count: Int, _ condition: (ServiceStatus) -> Bool = { _ in true }
    ) async throws -> ServiceStatus {
        let deadline = ContinuousClock.now + .seconds(30)
        while true {
            let status = try await client.service("web").status
            if status.observed.ready == count, status.observed.desired == count, condition(status) { return status }
            try #require(ContinuousClock.now < deadline, "\(status)")
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    /// Waits until so many replicas have printed a process id: they are ready a moment before.
    func pids(of count: Int) async throws -> [String: Int32] {
        let deadline = ContinuousClock.now + .seconds(30)
        while true {
            let pids = try pids()
            if pids.count == count { return pids }
            try #require(ContinuousClock.now < deadline, "\(pids)")
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    /// The process ids that the replicas have printed, the youngest of each.
    func pids() throws -> [String: Int32] {
        let replicas = folder.appendingPathComponent("data/replicas")
        var pids: [String: Int32] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: replicas.path) {
            let output = try String(contentsOf: replicas.appendingPathComponent("\(name)/stdout.log"), encoding: .utf8)
            pids[name] = output.split(separator: "\n").last.flatMap { Int32($0) }
        }
        return pids
    }
}

/// Whether a process runs, and is no zombie.
func isRunning(_ pid: Int32) -> Bool {
    guard let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8) else { return false }
    return stat.split(separator: ")").last?.split(separator: " ").first != "Z"
}
