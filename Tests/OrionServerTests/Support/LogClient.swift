import NIOCore
import NIOPosix
import Synchronization

/// A client of the logs on a real socket, which reads when a test says so. It speaks HTTP/1.0, where a body is what it is.
final class LogClient: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer

    private struct State {
        var text: [UInt8] = []
        var isClosed = false
    }

    private let state = Mutex(State())
    private let channelBox = Mutex<(any Channel)?>(nil)

    private init() {}

    /// Asks a server for something.
    ///
    /// - Parameter reads: whether it takes anything in before `read` is called; it has little room where it does not.
    static func get(_ server: TestServer, _ path: String, reads: Bool = true) async throws -> LogClient {
        let client = LogClient()
        var bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.autoRead, value: reads)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(client) }
            }
        if !reads { bootstrap = bootstrap.channelOption(.socketOption(.so_rcvbuf), value: 16 * 1024) }
        let channel = try await bootstrap.connect(host: "127.0.0.1", port: server.port).get()
        client.channelBox.withLock { $0 = channel }
        try await channel.writeAndFlush(ByteBuffer(string: "GET \(path) HTTP/1.0\r\nHost: a\r\n\r\n"))
        return client
    }

    /// Reads from now on.
    func read() async throws { try await channelBox.withLock { $0 }?.setOption(.autoRead, value: true).get() }

    func close() { channelBox.withLock { $0 }?.close(promise: nil) }

    /// What came behind the head.
    var body: Substring {
        let text = String(decoding: state.withLock { $0.text }, as: UTF8.self)
        guard let end = text.firstRange(of: "\r\n\r\n") else { return "" }
        return text[end.upperBound...]
    }

    /// Bytes that came, the head's too.
    var count: Int { state.withLock { $0.text.count } }

    /// Waits until so much has come, or the end.
    func receive(_ isEnough: (LogClient) -> Bool) async throws {
        while !state.withLock({ $0.isClosed }), !isEnough(self) {
            try Task.checkCancellation()
            await Task.yield()
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        state.withLock { $0.text += buffer.readableBytesView }
    }

    func channelInactive(context: ChannelHandlerContext) { state.withLock { $0.isClosed = true } }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
