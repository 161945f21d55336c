import Foundation

/// One run of the `orion` program, to its end.
struct OrionRun: Sendable {
    var status: Int32
    var output: String
    var errors: String

    /// Runs it in a folder, with nothing of our environment.
    static func of(
        _ arguments: [String], in folder: URL, input: String = "", environment: [String: String] = [:]
    ) async throws -> OrionRun {
        try await blocking { try OrionRun(arguments, in: folder, input: input, environment: environment) }
    }

    private init(
        _ arguments: [String], in folder: URL, input: String, environment: [String: String]
    ) throws {
        let run = UUID().uuidString
        let files = ["input", "output", "errors"].map { folder.appendingPathComponent(".\(run).\($0)") }
        for file in files { try Data().write(to: file) }
        try Data(input.utf8).write(to: files[0])
        let process = Process()
        process.executableURL = Self.program("orion")
        process.arguments = arguments
        process.environment = environment
        process.currentDirectoryURL = folder
        process.standardInput = try FileHandle(forReadingFrom: files[0])
        process.standardOutput = try FileHandle(forWritingTo: files[1])
        process.standardError = try FileHandle(forWritingTo: files[2])
        try process.run()
        process.waitUntilExit()
        status = process.terminationStatus
        output = try String(contentsOf: files[1], encoding: .utf8)
        errors = try String(contentsOf: files[2], encoding: .utf8)
    }

    /// A program of this package, built beside the tests.
    static func program(_ name: String) -> URL {
        URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().appendingPathComponent(name)
    }
}
