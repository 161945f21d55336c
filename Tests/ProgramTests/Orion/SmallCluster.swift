import Foundation

/// An orion-api and its agents as real programs, in a folder of their own; stopped and removed at the end.
final class SmallCluster: Sendable {
    let folder: URL
    let address: String
    private let controlPlane: Process
    private let agents: [Process]

    /// Starts them (orion-api with more `settings`), runs `body` against them, and stops them.
    static func running(
        agents: [String] = ["alpha"], settings: [String] = [], _ body: (SmallCluster) async throws -> Void
    ) async throws {
        let cluster = try await blocking { try SmallCluster(agents: agents, settings: settings) }
        do {
            try await body(cluster)
        } catch {
            try await blocking { cluster.stop() }
            throw error
        }
        try await blocking { cluster.stop() }
    }

    private init(agents names: [String], settings: [String]) throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("orion-cluster-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let output = Pipe()
        controlPlane = try Self.start(
            "orion-api",
            ["--port", "0", "--state-db", folder.appendingPathComponent("state.sqlite").path]
                + settings,
            in: folder, output: output)
        var line = Data()
        while !line.contains(UInt8(ascii: "\n")), case let part = output.fileHandleForReading.availableData,
            !part.isEmpty
        {
            line += part
        }
        let words = String(decoding: line, as: UTF8.self).split(whereSeparator: \.isWhitespace)
        address = words.last.map(String.init) ?? ""
        let (folder, address) = (folder, address)
        agents = try names.map { name in
            try Self.start(
                "orion-agent",
                [
                    "--control-plane", "\(address)/ws", "--name", name, "--address", "127.0.0.1",
                    "--data-dir", folder.appendingPathComponent("agent-\(name)").path,
                    "--workspace-root", folder.path,
                ],
                in: folder, output: nil)
        }
    }

    /// Runs `orion` against it.
    func orion(_ arguments: String..., input: String = "") async throws -> OrionRun {
        try await OrionRun.of(arguments, in: folder, input: input, environment: ["ORION_API": address])
    }

    /// Ends orion-api as a crash does.
    func killControlPlane() async {
        kill(controlPlane.processIdentifier, SIGKILL)
        try? await blocking { self.controlPlane.waitUntilExit() }
    }

    /// Stops the agents, which stop their replicas, then the control plane.
    private func stop() {
        for agent in agents { agent.terminate() }
        for agent in agents { agent.waitUntilExit() }
        controlPlane.terminate()
        controlPlane.waitUntilExit()
        try? FileManager.default.removeItem(at: folder)
    }

    private static func start(
        _ program: String, _ arguments: [String], in folder: URL, output: Pipe?
    ) throws -> Process {
        let log = folder.appendingPathComponent("\(program)-\(UUID().uuidString).log")
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
