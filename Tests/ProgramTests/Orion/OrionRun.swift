import Foundation

/// One run of the `orion` program, to its end.
struct OrionRun: Sendable {
    var status: Int32
    var output: String
    var errors: String

    /// Runs it in a folder, with nothing of our environment.
    static func of(
        _ arguments: [String], in folder: URL, input: String = "", environment: [String: String] = [:],
        entrance: [String] = []
    ) async throws -> OrionRun {
        try await blocking {
            try OrionRun(arguments, in: folder, input: input, environment: environment, entrance: entrance)
        }
    }

    private init(
        _ arguments: [String], in folder: URL, input: String, environment: [String: String], entrance: [String]
    ) throws {
        let run = UUID().uuidString
        let files = ["input", "output", "errors"].map { folder.appendingPathComponent(".\(run).\($0)") }
        for file in files { try Data().write(to: file) }
        try Data(input.utf8).write(to: files[0])
        let process = Process()
        try process.setCommand(Self.program("orion"), arguments, entrance: entrance)
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

extension Process {
    /// Runs a program, by way of another that takes its command line (`nsenter`), if one is named.
    func setCommand(_ program: URL, _ arguments: [String], entrance: [String]) throws {
        guard let name = entrance.first else {
            executableURL = program
            self.arguments = arguments
            return
        }
        guard let way = NetworkHosts.program(name) else { throw ProgramError(description: "there is no \(name)") }
        executableURL = way
        self.arguments = entrance.dropFirst() + [program.path] + arguments
    }
}
