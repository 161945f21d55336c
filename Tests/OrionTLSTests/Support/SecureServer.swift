import HTTPTypes
import Logging
import NIOCore
import NIOPosix
import OrionHTTP
import OrionTLS
import OrionWS

/// A server that answers `/health` and sends back what comes over `/ws`.
struct SecureServer: Sendable {
    let port: Int
    let log: LogRecorder

    static var group: any EventLoopGroup { MultiThreadedEventLoopGroup.singleton }

    static func run(
        _ tls: TLSServer?, limits: HTTPLimits = HTTPLimits(), _ body: (SecureServer) async throws -> Void
    ) async throws {
        let log = LogRecorder()
        let (ports, listening) = AsyncStream.makeStream(of: Int.self)
        var configuration = HTTPServerConfiguration(host: "127.0.0.1", port: 0)
        configuration.tls = tls
        configuration.limits = limits
        let server = HTTPServer(configuration: configuration, router: router, group: group, logger: log.logger) {
            listening.yield($0.port ?? 0)
        }
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await server.run() }
            let port = await ports.first { _ in true } ?? 0
            defer { tasks.cancelAll() }
            try await body(SecureServer(port: port, log: log))
        }
    }

    private static var router: Router {
        var router = Router { problem in
            HTTPServerResponse(status: problem.status, body: Array(#"{"message":"\#(problem.message)"}"#.utf8))
        }
        router.on(.get, "/health") { _ in
            HTTPServerResponse(status: .ok, body: Array(#"{"status":"ok"}"#.utf8))
        }
        router.onUpgrade("/ws", to: "websocket") { request in
            guard case .accepted(let upgrade) = WebSocketHandshake.answer(to: request.header) else {
                return .refuse(HTTPServerResponse(status: .badRequest))
            }
            var fields = HTTPFields()
            for (name, value) in upgrade.headers { if let name = HTTPField.Name(name) { fields[name] = value } }
            return .accept(headers: fields) { upgrade.install(on: $0, handler: Echo()) }
        }
        return router
    }

    /// What comes back for bytes that are sent in plain, until the connection's end.
    func answer(to request: String) async throws -> String {
        let result = Self.group.next().makePromise(of: String.self)
        let channel = try await ClientBootstrap(group: Self.group)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Collector(result))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        // It may be answered before all of it has been taken.
        channel.writeAndFlush(ByteBuffer(string: request), promise: nil)
        return try await result.futureResult.get()
    }

    /// Connects as an agent does.
    func connect(_ files: TLSFiles, host: String = "127.0.0.1") async throws -> (WebSocket, Ear) {
        var configuration = WebSocketConfiguration()
        configuration.tls = try TLSClient(files)
        let ear = Ear()
        let url = try WebSocketURL("wss://\(host):\(port)/ws")
        let socket = try await WebSocketClient.connect(
            to: url, configuration: configuration, group: Self.group, handler: ear)
        return (socket, ear)
    }
}

private final class Collector: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let result: EventLoopPromise<String>
    private var bytes = ByteBuffer()

    init(_ result: EventLoopPromise<String>) { self.result = result }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { bytes.writeImmutableBuffer(unwrapInboundIn(data)) }

    func channelInactive(context: ChannelHandlerContext) { result.succeed(String(buffer: bytes)) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { result.fail(error) }
}

private final class Echo: WebSocketHandler {
    func opened(_ socket: WebSocket) {}
    func received(text: ByteBuffer, _ socket: WebSocket) { socket.send(text: Array(text.readableBytesView)) }
    func received(binary: ByteBuffer, _ socket: WebSocket) {}
    func drained(_ socket: WebSocket) {}
    func closed(_ closure: WebSocketClosure, _ socket: WebSocket) {}
}

/// Hears what comes back.
final class Ear: WebSocketHandler {
    private let heard: AsyncStream<String>
    private let continuation: AsyncStream<String>.Continuation

    init() { (heard, continuation) = AsyncStream.makeStream() }

    /// The next text; nil where the socket has closed.
    func next() async -> String? { await heard.first { _ in true } }

    func opened(_ socket: WebSocket) {}
    func received(text: ByteBuffer, _ socket: WebSocket) { continuation.yield(String(buffer: text)) }
    func received(binary: ByteBuffer, _ socket: WebSocket) {}
    func drained(_ socket: WebSocket) {}
    func closed(_ closure: WebSocketClosure, _ socket: WebSocket) { continuation.finish() }
}
