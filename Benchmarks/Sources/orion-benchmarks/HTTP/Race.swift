import Glibc

/// Servers that answer one path with the same bytes, and take turns, round after round, so that whatever else the machine
/// does meets all of them.
struct Race {
    private struct Entrant {
        var name: String
        var process: ChildProcess
        var url: String
        var headers: [String] = []
        /// Ended with the race.
        var isOurs = true
    }

    static let subject = "orion-api"

    private let path: String
    private let folder: String
    /// What all of them send.
    private let body: String
    private var entrants: [Entrant]

    init(_ path: String, of server: Server, in folder: String) throws {
        self.path = path
        self.folder = folder
        body = "\(folder)/body\(path.split(separator: "/").joined(separator: "-"))"
        entrants = [
            Entrant(name: Self.subject, process: server.process, url: server.address + path, isOurs: false)
        ]
        guard let curl = Tool.path("curl") else { throw BenchmarkError("curl is not installed") }
        try ChildProcess([curl, "-sf", "-o", body, server.address + path], outputFile: "/dev/null").wait(seconds: 20)
        guard !ProcFile(body).bytes.isEmpty else { throw BenchmarkError("orion-api did not answer \(path)") }
    }

    /// Starts a server; leaves out one that is not here, and says so.
    mutating func enter(_ peer: Peer) async throws {
        guard peer.isHere else { return print("left out, since it is not here: \(peer.name)") }
        let port = try Loopback.freePort()
        let command = try peer.command(Peer.Task(port: port, path: path, body: body, folder: folder))
        let process = try ChildProcess(command, outputFile: "\(folder)/peers.out", core: Crowd.serverCore)
        entrants.append(Entrant(name: peer.name, process: process, url: "http://127.0.0.1:\(port)\(path)"))
        try await waitFor(peer.name) { Loopback.connect(to: port).map { close($0) } }
    }

    /// Has a server that is in the race run once more, as another, with other requests.
    mutating func enter(_ name: String, as other: String, headers: [String]) {
        guard var entrant = entrants.first(where: { $0.name == other }) else { return }
        (entrant.name, entrant.headers, entrant.isOurs) = (name, headers, false)
        entrants.append(entrant)
    }

    func end() {
        for entrant in entrants where entrant.isOurs { entrant.process.terminate() }
        for entrant in entrants where entrant.isOurs { entrant.process.wait(seconds: 5) }
    }

    func run(_ wrk: Wrk, connections: Int, rounds: Int) throws -> Laps {
        var laps = Laps(names: entrants.map(\.name))
        // The first of several is for caches, and for programs that compile themselves.
        for round in (rounds > 1 ? 0 : 1)...rounds {
            for entrant in entrants {
                let before = try entrant.process.cpuSeconds()
                let run = try wrk.run(entrant.url, connections: connections, headers: entrant.headers)
                let used = try entrant.process.cpuSeconds() - before
                guard round > 0 else { continue }
                laps.append(Laps.Lap(rate: run.rate, microseconds: used * 1e6 / Double(run.requests)), of: entrant.name)
            }
        }
        return laps
    }
}
