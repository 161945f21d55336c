import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import OrionCore

/// The real orion-api, run by a test in a folder of its own.
final class ServerProgram: Sendable {
    /// How a process ended.
    struct Ending: Equatable {
        /// The exit status, or the negative number of the signal that ended it.
        let status: Int32
        /// Everything that it wrote to standard error.
        let errors: String
        /// Everything that it wrote to standard output.
        let output: String
    }

    private let process: Process
    private let folder: URL
    private let endings: AsyncStream<Int32>

    /// Starts the program. It gets nothing of this process's environment.
    init(_ arguments: [String], environment: [String: String] = [:], in folder: URL) throws {
        self.folder = folder
        let process = Process()
        // Beside the program that runs the tests, whatever the build folder is called.
        process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
            .appending(path: "orion-api")
        process.arguments = arguments
        process.environment = environment.merging(["PATH": "/usr/bin:/bin"]) { given, _ in given }
        process.currentDirectoryURL = folder
        for name in ["stdout", "stderr"] {
            try Data().write(to: folder.appending(path: name))
        }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: folder.appending(path: "stdout"))
        process.standardError = try FileHandle(forWritingTo: folder.appending(path: "stderr"))
        let (endings, continuation) = AsyncStream<Int32>.makeStream()
        process.terminationHandler = { process in
            let isExit = process.terminationReason == .exit
            continuation.yield(isExit ? process.terminationStatus : -process.terminationStatus)
            continuation.finish()
        }
        self.endings = endings
        self.process = process
        try process.run()
    }

    /// A test that fails does not come to stop it.
    deinit {
        if process.isRunning { signal(SIGKILL) }
    }

    /// Runs the program to its end.
    static func run(
        _ arguments: [String], environment: [String: String] = [:], in folder: URL
    ) async throws -> Ending {
        try await ServerProgram(arguments, environment: environment, in: folder).ending()
    }

    /// Starts the program on a free port, and waits until it says that it listens.
    static func listening(
        _ arguments: [String] = [], environment: [String: String] = [:], in folder: URL
    ) async throws -> (program: ServerProgram, port: Int) {
        let program = try ServerProgram(["--port", "0"] + arguments, environment: environment, in: folder)
        while program.process.isRunning {
            if let line = program.output.split(separator: "\n", omittingEmptySubsequences: false).dropLast().first {
                guard let port = line.split(separator: ":").last.flatMap({ Int($0) }) else { break }
                return (program, port)
            }
            try await Task.sleep(for: .milliseconds(5))
        }
        throw ProgramError(description: "orion-api did not listen: \(program.errors)\(program.output)")
    }

    func signal(_ number: Int32) { kill(process.processIdentifier, number) }

    var processIdentifier: Int32 { process.processIdentifier }

    var errors: String { read("stderr") }

    var output: String { read("stdout") }

    /// Waits for the end.
    func ending() async -> Ending {
        var status: Int32 = 0
        for await ended in endings { status = ended }
        return Ending(status: status, errors: errors, output: output)
    }

    /// Asks it to end, and waits until it has.
    func stop() async -> Ending {
        signal(SIGTERM)
        return await ending()
    }

    private func read(_ name: String) -> String {
        (try? String(contentsOf: folder.appending(path: name), encoding: .utf8)) ?? ""
    }
}

struct ProgramError: Error, CustomStringConvertible {
    let description: String
}

/// Does not try again where nobody listens: that is what some tests wait for.
private let client: HTTPClient = {
    var configuration = HTTPClient.Configuration()
    configuration.connectionPool.retryConnectionEstablishment = false
    return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
}()

/// A folder for one test.
func withFolder(_ body: (URL) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "orion-api-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try await body(folder)
}

/// Asks a server on this machine.
func ask(
    _ port: Int, _ path: String, post body: String? = nil
) async throws -> (status: Int, body: String) {
    var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
    if let body {
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        request.body = .bytes(ByteBuffer(string: body))
    }
    let response = try await client.execute(request, timeout: .seconds(30))
    let content = try await response.body.collect(upTo: 64 << 20)
    return (Int(response.status.code), String(buffer: content))
}

/// A configuration of one service.
func document(_ service: String, config: String = "default") -> String {
    #"{"apiVersion":"orion/v1","kind":"Config","metadata":{"name":"\#(config)"},"spec":{"services":["#
        + #"{"name":"\#(service)","type":"worker","runtime":"exec","command":"sleep 1000"}]}}"#
}
