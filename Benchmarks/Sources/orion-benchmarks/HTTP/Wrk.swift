import Glibc

/// The program that asks: keep-alive connections, a request on each as soon as the last was answered.
struct Wrk {
    struct Run {
        var requests: Int
        /// Per second.
        var rate: Double
    }

    private let program: String
    private let seconds: Int

    /// Nil where it is not installed.
    init?(seconds: Int) {
        guard let program = Tool.path("wrk") else { return nil }
        self.program = program
        self.seconds = seconds
    }

    func run(_ url: String, connections: Int, headers: [String]) throws -> Run {
        let output = "/tmp/orion-benchmarks.wrk.\(getpid())"
        defer { unlink(output) }
        let arguments = [program, "-t1", "-c\(connections)", "-d\(seconds)s"] + headers.flatMap { ["-H", $0] } + [url]
        // Servers have the last core, where there are several.
        let core = Crowd.serverCore.map { _ in 0 }
        try ChildProcess(arguments, outputFile: output, core: core).wait(seconds: seconds + 20)
        let text = ProcFile(output).text
        // `  382713 requests in 2.10s, 58.40MB read`, and lines for what went wrong.
        let count = text.split(separator: "\n").first { $0.contains(" requests in ") }?.split(separator: " ").first
        let rate = text.split(separator: "\n").first { $0.hasPrefix("Requests/sec:") }?.split(separator: " ").last
        guard !text.contains("Non-2xx"), !text.contains("Socket errors"), let requests = count.flatMap({ Int($0) }),
            let rate = rate.flatMap({ Double($0) }), requests > 0
        else { throw BenchmarkError("wrk on \(url) said:\n\(text)") }
        return Run(requests: requests, rate: rate)
    }
}
