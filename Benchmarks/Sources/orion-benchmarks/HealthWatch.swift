import ArgumentParser
import Glibc
import OrionClient
import OrionTLS

/// Asks for `/health` again and again, over one connection, and says how long the slowest answer took so far. A process of
/// its own, since thousands of agents in the one that measures would hold it up.
struct HealthWatch: AsyncParsableCommand {
    /// What the benchmarks are called with to be one of these.
    static let name = "watch-health"

    @Argument var server: String
    @Option var certificate: String?
    @Option var key: String?
    @Option var authority: String?

    func run() async throws {
        let files = TLSFiles(certificate: certificate, key: key, authority: authority)
        let client = try OrionClient(server: server, tls: files)
        let clock = ContinuousClock()
        var worst = 0.0
        try await client.health()
        while true {
            let begin = clock.now
            try await client.health()
            let milliseconds = (clock.now - begin).seconds * 1000
            if milliseconds > worst {
                worst = milliseconds
                print(worst)
                fflush(nil)
            }
            try await clock.sleep(for: .milliseconds(2))
        }
    }

    /// The slowest answer, in milliseconds, while `body` runs.
    static func slowest(
        of server: Server, in folder: String, during body: () async throws -> Void
    ) async throws -> Double {
        let output = "\(folder)/health.out"
        unlink(output)
        var arguments = ["/proc/self/exe", name, server.address]
        let files = [("certificate", server.files.certificate), ("key", server.files.key)]
        for (name, path) in files + [("authority", server.files.authority)] {
            if let path { arguments += ["--\(name)", path] }
        }
        let watch = try ChildProcess(arguments, outputFile: output)
        defer {
            watch.kill()
            watch.wait(seconds: 20)
        }
        try await waitFor("/health to be watched", in: folder) { ProcFile(output).bytes.isEmpty ? nil : true }
        try await body()
        guard let line = ProcFile(output).text.split(separator: "\n").last, let worst = Double(line) else {
            throw BenchmarkError("watching /health failed: \(ProcFile(output).text)")
        }
        return worst
    }
}
