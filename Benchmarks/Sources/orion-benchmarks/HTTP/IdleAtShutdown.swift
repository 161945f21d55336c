import Glibc

/// From SIGTERM of orion-api until a connection between two requests is closed.
struct IdleAtShutdown {
    let runs: Int

    func measure(programs: String) async throws -> Result {
        var values: [Double] = []
        for _ in 1...runs {
            values.append(try await TemporaryFolder.with { try await run(programs, $0) * 1000 })
        }
        return Result(name: "SIGTERM → an idle connection is closed", unit: "ms", values: values, aim: 10)
    }

    private func run(_ programs: String, _ folder: String) async throws -> Double {
        let server = try await Server(programs: programs, in: folder)
        defer { server.stop() }
        guard let port = Int(server.port), let connection = Loopback.connect(to: port) else {
            throw BenchmarkError("no connection to \(server.address)")
        }
        defer { close(connection) }
        let request = Array("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8)
        var answer = [UInt8](repeating: 0, count: 4096)
        guard write(connection, request, request.count) == request.count, read(connection, &answer, answer.count) > 0
        else { throw BenchmarkError("\(server.address) did not answer") }
        let clock = ContinuousClock()
        let begin = clock.now
        server.process.terminate()
        guard read(connection, &answer, answer.count) == 0 else { throw BenchmarkError("it was not closed in order") }
        return (clock.now - begin).seconds
    }
}
