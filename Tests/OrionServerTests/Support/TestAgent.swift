import NIOCore
import NIOPosix
import OrionCore
import OrionWS
import Synchronization
import Testing

/// An agent on a real socket that knows the base fields alone and says only what a test has it say.
final class TestAgent: WebSocketHandler {
    /// What reached it.
    enum Received: Sendable {
        case frame(JSONValue)
        case closed(UInt16?, reason: String)
    }

    private let stream: AsyncStream<Received>
    private let continuation: AsyncStream<Received>.Continuation
    private let socketBox = Mutex<WebSocket?>(nil)

    private init() { (stream, continuation) = AsyncStream.makeStream() }

    /// Connects to a server; says nothing.
    static func connect(to server: TestServer, headers: [(String, String)] = []) async throws -> TestAgent {
        let agent = TestAgent()
        let url = try WebSocketURL("ws://127.0.0.1:\(server.port)/ws")
        var configuration = WebSocketConfiguration()
        configuration.outboundLimitBytes = 8 << 20
        let socket = try await WebSocketClient.connect(
            to: url, headers: headers, configuration: configuration,
            group: MultiThreadedEventLoopGroup.singleton, handler: agent)
        agent.socketBox.withLock { $0 = socket }
        return agent
    }

    /// Connects and says hello with the base fields.
    static func join(
        _ server: TestServer, _ nodeId: String, name: String? = nil, labels: [String: String] = [:],
        instanceId: String? = nil
    ) async throws -> TestAgent {
        let agent = try await connect(to: server)
        agent.hello(nodeId, name: name, labels: labels, instanceId: instanceId)
        return agent
    }

    var socket: WebSocket? { socketBox.withLock { $0 } }

    func hello(
        _ nodeId: String, name: String? = nil, labels: [String: String] = [:], instanceId: String? = nil
    ) {
        var hello = Hello(
            nodeId: NodeID(rawValue: nodeId), name: name ?? nodeId, address: "10.0.0.1", labels: labels)
        hello.instanceId = instanceId
        send(AgentMessage.hello(hello).json())
    }

    func status(_ service: String, _ replicaId: String, _ state: ReplicaPhase) {
        let id = ReplicaID(rawValue: replicaId)
        send(
            AgentMessage.status(ReplicaStatus(service: ServiceName(rawValue: service), replicaId: id, state: state))
                .json())
    }

    func send(_ bytes: [UInt8]) { socket?.send(text: bytes) }

    func send(_ text: String) { send(Array(text.utf8)) }

    /// The next frame of that type, skipping others.
    func frame(_ type: String) async throws -> JSONValue {
        for await received in stream {
            switch received {
            case .frame(let frame) where frame["type"].text == type: return frame["payload"]
            case .frame: continue
            case .closed(let code, let reason):
                throw Unexpected("closed with \(code.map(String.init) ?? "none") \(reason) instead of \(type)")
            }
        }
        throw Unexpected("the stream ended instead of \(type)")
    }

    /// The code and the reason that the session ends with, skipping frames.
    func closure() async throws -> (code: UInt16?, reason: String) {
        for await received in stream {
            if case .closed(let code, let reason) = received { return (code, reason) }
        }
        throw Unexpected("the stream ended without a closure")
    }

    /// Whether a ping is answered, which is sent behind all that was said.
    func isAnswered() async -> Bool {
        guard let socket else { return false }
        return await withCheckedContinuation { answer in
            // In a turn of the loop behind the one that sends the texts.
            socket.eventLoop.execute { socket.ping(within: 60) { answer.resume(returning: $0) } }
        }
    }

    func close() { socket?.close(code: 1000, reason: "") }

    func opened(_ socket: WebSocket) {}

    func received(text: ByteBuffer, _ socket: WebSocket) {
        // Large ones only fill the line; reading them takes longer than a farewell may.
        let bytes = text.readableBytes > 65_536 ? [] : Array(text.readableBytesView)
        continuation.yield(.frame((try? OrionJSON.parse(bytes)) ?? .null))
    }

    func received(binary: ByteBuffer, _ socket: WebSocket) {}

    func closed(_ closure: WebSocketClosure, _ socket: WebSocket) {
        continuation.yield(.closed(closure.code, reason: closure.reason))
        continuation.finish()
    }
}

struct Unexpected: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
