import Foundation

/// An orion-api and one agent as real programs, in a folder of their own; stopped and removed at the end.
final class SmallCluster: Sendable {
    let folder: URL
    let address: String
    private let processes: [Process]

    /// Starts both, runs `body` against them, and stops them.
    static func running(_ body: (SmallCluster) async throws -> Void) async throws {
        let cluster = try await blocking { try SmallCluster() }
        do {
            try await body(cluster)
        } catch {
            try await blocking { cluster.stop() }
            throw error
        }
        try await blocking { cluster.stop() }
    }

    private init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("orion-cluster-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let output = Pipe()
        let controlPlane = try Self.start(
            "orion-api", ["--port", "0", "--state-db", folder.appendingPathComponent("state.sqlite").path],
            in: folder, output: output)
        var line = Data()
        while !line.contains(UInt8(ascii: "\n")), case let part = output.fileHandleForReading.availableData,
            !part.isEmpty
        {
            line += part
        }
        let words = String(decoding: line, as: UTF8.self).split(whereSeparator: \.isWhitespace)
        address = words.last.map(String.init) ?? ""
        let agent = try Self.start(
            "orion-agent",
            [
                "--control-plane", "\(address)/ws", "--name", "alpha", "--address", "127.0.0.1",
                "--data-dir", folder.appendingPathComponent("agent").path, "--workspace-root", folder.path,
            ],
            in: folder, output: nil)
        processes = [agent, controlPlane]
    }

    /// Runs `orion` against it.
    func orion(_ arguments: String..., input: String = "") async throws -> OrionRun {
        try await OrionRun.of(arguments, in: folder, input: input, environment: ["ORION_API": address])
    }

    /// Stops the agent, which stops its replicas, then the control plane.
    private func stop() {
        for process in processes {
            process.terminate()
            process.waitUntilExit()
        }
        try? FileManager.default.removeItem(at: folder)
    }

    private static func start(
        _ program: String, _ arguments: [String], in folder: URL, output: Pipe?
    ) throws -> Process {
        let log = folder.appendingPathComponent("\(program).log")
        try Data().write(to: log)
        let process = Process()
        process.executableURL = OrionRun.program(program)
        process.arguments = arguments
        process.environment = ["PATH": "/usr/bin:/bin"]
        process.currentDirectoryURL = folder
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output ?? FileHandle.nullDevice
        process.standardError = try FileHandle(forWritingTo: log)
        try process.run()
        return process
    }
}
