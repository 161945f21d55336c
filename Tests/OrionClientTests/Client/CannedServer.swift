import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// An HTTP server on a free port that answers every request alike and keeps what it was asked.
final class CannedServer: Sendable {
    struct Request: Equatable, Sendable {
        var method: String
        var uri: String
        var contentType: String?
        var body: String
    }

    private let requests = Mutex<[Request]>([])
    private let channel: any Channel

    var address: String { "http://127.0.0.1:\(channel.localAddress?.port ?? 0)" }
    var asked: [Request] { requests.withLock { $0 } }

    /// Runs `body` against a server that answers with that status and text; nil closes the connection unanswered.
    static func answering(
        _ status: HTTPResponseStatus?, _ text: String, _ body: (CannedServer) async throws -> Void
    ) async throws {
        let server = try await CannedServer(status, text)
        do {
            try await body(server)
        } catch {
            try? await server.channel.close()
            throw error
        }
        try await server.channel.close()
    }

    private init(_ status: HTTPResponseStatus?, _ text: String) async throws {
        let box = HandlerBox()
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.pipeline.configureHTTPServerPipeline().flatMapThrowing {
                    let handler = CannedHandler(status: status, text: text) { request in
                        box.server.withLock { $0 }?.requests.withLock { $0.append(request) }
                    }
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        box.server.withLock { $0 = self }
    }
}

/// Lets the handlers find the server, which exists only once it listens.
private final class HandlerBox: Sendable {
    let server = Mutex<CannedServer?>(nil)
}

private final class CannedHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let status: HTTPResponseStatus?
    private let text: String
    private let keep: (CannedServer.Request) -> Void
    private var head: HTTPRequestHead?
    private var body = ""

    init(status: HTTPResponseStatus?, text: String, keep: @escaping (CannedServer.Request) -> Void) {
        self.status = status
        self.text = text
        self.keep = keep
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body = ""
        case .body(let part):
            body += String(buffer: part)
        case .end:
            answer(context)
        }
    }

    private func answer(_ context: ChannelHandlerContext) {
        guard let head else { return }
        keep(
            CannedServer.Request(
                method: head.method.rawValue, uri: head.uri, contentType: head.headers.first(name: "content-type"),
                body: body))
        guard let status else { return context.close(promise: nil) }
        let headers = HTTPHeaders([("content-length", "\(text.utf8.count)")])
        context.write(
            wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: status, headers: headers))), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: text)))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
}
