import Glibc
import NIOCore
import NIOPosix
import OrionCore
import OrionTLS
import OrionWS
import Synchronization

/// Thousands of agents in this process, on one thread: their cost is not to be that of orion-api, which has a core of its
/// own where there are two.
final class Crowd: Sendable {
    /// A number that all agents of a crowd add to.
    final class Count: Sendable {
        private let value = Atomic(0)

        /// Gives what it was before.
        @discardableResult
        func add() -> Int { value.add(1, ordering: .relaxed).oldValue }

        var now: Int { value.load(ordering: .relaxed) }
    }

    /// As orion-agent does, which is asked for five: a little before each second ping is due.
    private static let beatSeconds = 4.9
    /// Attempts under way: one thread would first make ten thousand connections, and then send all of their requests in one
    /// burst, which no thousands of machines do; with TLS they would wait for each other until they are too late.
    private static let attemptsAtOnce = 200

    let agents: [CrowdAgent]
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let heartbeat: [UInt8]
    private let timeoutSeconds: Double

    /// - Parameter timeoutSeconds: the server's heartbeat timeout: pings come as the contract has it.
    init(agents count: Int, timeoutSeconds: Int) throws {
        self.timeoutSeconds = Double(timeoutSeconds)
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        guard limit.rlim_cur >= count + 100 else {
            throw BenchmarkError("\(count) agents take more than the \(limit.rlim_cur) open files of `ulimit -Hn`")
        }
        let beat = Heartbeat(
            timestamp: Timestamp(milliseconds: 1_764_150_000_000), metrics: Usage(cpu: 12.5, memory: 52_428_800))
        heartbeat = AgentMessage.heartbeat(beat).json()
        agents = (1...count).map(CrowdAgent.init)
    }

    /// Where the server runs: the last core, if there are several.
    static var serverCore: Int? { Machine.this.cores > 1 ? Machine.this.cores - 1 : nil }

    /// Ends its thread.
    func end() async throws { try await group.shutdownGracefully() }

    // MARK: Connections

    /// Connects all agents at once, as far as one thread can, and returns once each has been welcomed: its node is ready then.
    func connect(to address: String, _ files: TLSFiles) async throws {
        guard let url = try? WebSocketURL(address + "/ws") else { throw BenchmarkError("\(address) is no address") }
        var configuration = WebSocketConfiguration()
        configuration.pingIntervalSeconds = timeoutSeconds / 4
        configuration.silenceTimeoutSeconds = timeoutSeconds
        if url.isSecure { configuration.tls = try TLSClient(files) }
        let (next, attempts) = (Count(), Count())
        try await withThrowingTaskGroup(of: Void.self) { [configuration] tasks in
            for _ in 0..<min(Self.attemptsAtOnce, agents.count) {
                tasks.addTask {
                    while case let index = next.add(), index < self.agents.count {
                        try await self.agents[index].connect(to: url, configuration, self.group, attempts: attempts)
                    }
                }
            }
            try await tasks.waitForAll()
        }
        if attempts.now > agents.count { print("\(attempts.now) attempts to connect \(agents.count) agents") }
    }

    /// Waits until no agent is connected.
    func isGone() async throws {
        try await waitFor("the connections to end") { agents.allSatisfy { $0.socket == nil } ? true : nil }
    }

    // MARK: Heartbeats

    /// Has each agent beat as usual, for so long; spread over the time between two.
    func beat(seconds: Int) async throws {
        let clock = ContinuousClock()
        let begin = clock.now
        var next = 0
        while case let passed = (clock.now - begin).seconds, passed < Double(seconds) {
            let due = Int(passed / Self.beatSeconds * Double(agents.count))
            while next < due {
                agents[next % agents.count].socket?.send(text: heartbeat)
                next += 1
            }
            try await clock.sleep(for: .milliseconds(1))
        }
    }

    /// Has some of the agents beat, `each` times in one write, and returns once the server has read that.
    func beat(_ agents: ArraySlice<CrowdAgent>, each: Int) async {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            group.next().execute { [heartbeat] in
                for agent in agents {
                    for _ in 0..<each { agent.socket?.send(text: heartbeat) }
                }
                guard let socket = agents.last?.socket else { return continuation.resume() }
                // Its ping stands behind its heartbeats, and those of the others were written before.
                socket.ping(within: 60) { _ in continuation.resume() }
            }
        }
    }
}
