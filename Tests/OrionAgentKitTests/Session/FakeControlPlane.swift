import HTTPTypes
import Logging
import NIOCore
import NIOPosix
import OrionCore
import OrionHTTP
import OrionWS
import Synchronization
import Testing

@testable import OrionAgentKit

/// A control plane that says what a test has it say, and keeps what it hears.
final class FakeControlPlane: WebSocketHandler {
    private struct State {
        var heard: [AgentMessage] = []
        var sockets: [WebSocket] = []
        var closures: [WebSocketClosure] = []
        var welcome: Welcome?
        /// The sockets whose first hello was answered; all are kept, so that no address comes round.
        var greeted: Set<ObjectIdentifier> = []
    }

    private let state: Mutex<State>

    /// - Parameter welcome: the answer to every first hello; nil for none.
    init(welcome: Welcome? = FakeControlPlane.welcome()) {
        state = Mutex(State(welcome: welcome))
    }

    static func welcome(_ cluster: String = "c1", interval: Double = 5, timeout: Double = 10) -> Welcome {
        Welcome(
            nodeId: "n1", clusterId: cluster, heartbeatIntervalSeconds: interval, heartbeatTimeoutSeconds: timeout)
    }

    /// Serves while `body` runs; `body` gets the address.
    func serve(port: Int = 0, _ body: (ControlPlaneAddress) async throws -> Void) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        var router = Router { HTTPServerResponse(status: $0.status) }
        router.onUpgrade("/ws", to: "websocket") { request in
            switch WebSocketHandshake.answer(to: request.header) {
            case .refused: return .refuse(HTTPServerResponse(status: .badRequest))
            case .accepted(let upgrade):
                var fields = HTTPFields()
                for (name, value) in upgrade.headers { if let name = HTTPField.Name(name) { fields[name] = value } }
                return .accept(headers: fields) { upgrade.install(on: $0, handler: self) }
            }
        }
        let (ports, listening) = AsyncStream.makeStream(of: Int.self)
        let server = HTTPServer(
            configuration: HTTPServerConfiguration(host: "127.0.0.1", port: port), router: router, group: group,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        ) { listening.yield($0.port ?? 0) }
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await server.run() }
            var iterator = ports.makeAsyncIterator()
            let number = try #require(await iterator.next())
            try await body(try ControlPlaneAddress("http://127.0.0.1:\(number)"))
            tasks.cancelAll()
        }
        try await group.shutdownGracefully()
    }

    // MARK: - What it hears and says

    var heard: [AgentMessage] { state.withLock { $0.heard } }
    var sessions: Int { state.withLock { $0.sockets.count } }
    var closures: [WebSocketClosure] { state.withLock { $0.closures } }

    var statuses: [ReplicaStatus] {
        heard.compactMap { if case .status(let status) = $0 { status } else { nil } }
    }

    /// What was last said of a replica, in a status or a hello.
    var lastSaid: ReplicaStatus? {
        heard.compactMap { message in
            switch message {
            case .status(let status): status
            case .hello(let hello): hello.replicas?.last
            default: nil
            }
        }.last
    }

    var hellos: [Hello] {
        heard.compactMap { if case .hello(let hello) = $0 { hello } else { nil } }
    }

    var heartbeats: [Heartbeat] {
        heard.compactMap { if case .heartbeat(let heartbeat) = $0 { heartbeat } else { nil } }
    }

    func wait(_ what: Comment, _ condition: () -> Bool) async throws {
        try #require(try await eventually(condition), what)
    }

    /// Waits until a replica was last said to be in `phase`.
    func wait(for phase: ReplicaPhase, _ id: ReplicaID = "web-000001") async throws {
        try await wait("\(id) \(phase): \(statuses)") { statuses.last { $0.replicaId == id }?.state == phase }
    }

    func say(_ message: ControlMessage) {
        state.withLock { $0.sockets.last }?.send(text: message.json())
    }

    func hangUp(code: UInt16) {
        state.withLock { $0.sockets.last }?.close(code: code, reason: "test")
    }

    func change(welcome: Welcome?) {
        state.withLock { $0.welcome = welcome }
    }

    // MARK: - WebSocketHandler

    func opened(_ socket: WebSocket) {
        state.withLock { $0.sockets.append(socket) }
    }

    func received(text: ByteBuffer, _ socket: WebSocket) {
        guard let message = try? AgentMessage(json: Array(text.readableBytesView)) else {
            Issue.record("not a message: \(String(buffer: text))")
            return
        }
        state.withLock { state in
            state.heard.append(message)
            guard case .hello = message, state.greeted.insert(ObjectIdentifier(socket)).inserted else { return }
            // Before anyone can see the hello, and answer it with an order.
            if let welcome = state.welcome { socket.send(text: ControlMessage.welcome(welcome).json()) }
        }
    }

    func received(binary: ByteBuffer, _ socket: WebSocket) {
        Issue.record("a binary frame")
    }

    func closed(_ closure: WebSocketClosure, _ socket: WebSocket) {
        state.withLock { $0.closures.append(closure) }
    }
}
