import OrionCore
import Testing

@Suite struct AgentMessageGoldenTests {
    private static let startedAt = Timestamp(milliseconds: 1_732_500_000_000)

    static let messages: [(file: String, message: AgentMessage)] = [
        ("hello.base", .hello(helloBase)), ("hello.full", .hello(helloFull)),
        ("heartbeat.base", .heartbeat(heartbeatBase)), ("heartbeat.full", .heartbeat(heartbeatFull)),
        ("status.base", .status(ReplicaStatus(service: "web", replicaId: "web-00000a", state: .running))),
        ("status.full", .status(statusFull)), ("leaving.base", .leaving), ("goodbye.base", .goodbye),
        ("log.base", .log(logBase)), ("log.full", .log(logFull)),
    ]

    @Test(arguments: messages.indices) func isReadAndWrittenAsInTheGoldenFile(_ index: Int) throws {
        let (file, message) = Self.messages[index]
        let bytes = try GoldenFiles.bytes("agent/\(file)")
        #expect(try AgentMessage(json: bytes) == message)
        #expect(try OrionJSON.parse(message.json()) == OrionJSON.parse(bytes))
        #expect(try AgentMessage(json: message.json()) == message)
    }

    private static let helloBase = Hello(
        nodeId: "node-1", name: "rack-1", address: "10.0.0.1", labels: ["os": "linux"])

    private static let helloFull: Hello = {
        var hello = helloBase
        hello.protocol = 1
        hello.instanceId = "b2f7"
        hello.token = "eyJh.e30.c2ln"
        hello.capacity = Capacity(cpu: 8, memory: 16384)
        hello.agentVersion = "1.0.0"
        var ready = ReplicaStatus(service: "web", replicaId: "web-00000a", state: .ready)
        (ready.generation, ready.restarts, ready.startedAt, ready.ports) = (2, 1, startedAt, ["http": 4000])
        var failed = ReplicaStatus(service: "web", replicaId: "web-00000b", state: .failed)
        (failed.generation, failed.restarts, failed.exitCode, failed.message) = (2, 5, 1, "exited with 1")
        var stopped = ReplicaStatus(service: "worker", replicaId: "worker-00000c", state: .stopped)
        (stopped.generation, stopped.restarts, stopped.signal) = (1, 0, "SIGKILL")
        hello.replicas = [ready, failed, stopped]
        return hello
    }()

    private static let heartbeatBase = Heartbeat(
        timestamp: startedAt, metrics: Usage(cpu: 12.5, memory: 104_857_600))

    private static let heartbeatFull: Heartbeat = {
        var heartbeat = heartbeatBase
        heartbeat.replicas = ["web-00000a": Usage(cpu: 3.25, memory: 52_428_800)]
        heartbeat.digest = "00ff00ff00ff00ff"
        return heartbeat
    }()

    private static let statusFull: ReplicaStatus = {
        var status = ReplicaStatus(service: "web", replicaId: "web-00000a", state: .backoff)
        (status.generation, status.exitCode, status.signal, status.restarts) = (3, 137, "SIGKILL", 4)
        (status.startedAt, status.ports) = (startedAt, ["http": 4000, "admin": 4001])
        status.message = "killed by SIGKILL"
        status.lastLines = LastLines(
            stdout: ["listening"], stderr: ["Error: no such table: users", "    at query (db.js:12)"])
        return status
    }()

    private static let logBase = LogChunk(
        id: "s1", replicaId: "web-00000a", stream: .stdout, offset: 1024, length: 7, data: "h\u{e9}llo\n")

    private static let logFull: LogChunk = {
        var chunk = logBase
        (chunk.stream, chunk.skipped, chunk.end, chunk.error) = (.stderr, 512, true, "the file is gone")
        return chunk
    }()
}
