import NIOCore
import NIOPosix

/// A TCP connection of a test: sends bytes as they are, and keeps what comes.
final class RawConnection {
    private final class Receiver: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer

        let continuation: AsyncStream<String>.Continuation

        init(_ continuation: AsyncStream<String>.Continuation) {
            self.continuation = continuation
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            continuation.yield(String(buffer: unwrapInboundIn(data)))
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if case ChannelEvent.inputClosed = event { continuation.finish() }
        }

        func channelInactive(context: ChannelHandlerContext) {
            continuation.finish()
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            continuation.yield("[\(error)]")
            context.close(promise: nil)
        }
    }

    let channel: any Channel
    private(set) var text = ""
    private(set) var isClosed = false
    private var parts: AsyncStream<String>.Iterator

    init(port: Int, autoRead: Bool = true) async throws {
        let (stream, continuation) = AsyncStream.makeStream(of: String.self)
        channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelOption(.autoRead, value: autoRead)
            .channelInitializer { channel in channel.pipeline.addHandler(Receiver(continuation)) }
            .connect(host: "127.0.0.1", port: port).get()
        parts = stream.makeAsyncIterator()
    }

    /// Whether the system took the bytes does not matter to a test: what comes back does.
    func send(_ text: String) {
        channel.writeAndFlush(ByteBuffer(string: text), promise: nil)
    }

    func send(_ bytes: [UInt8]) {
        channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
    }

    func closeOutput() async throws {
        try await channel.close(mode: .output)
    }

    func close() async throws {
        try await channel.close()
    }

    /// Waits until what came satisfies the condition, or the other side has closed; gives all that came since the last
    /// call.
    @discardableResult
    func receive(until isEnough: (String) -> Bool) async -> String {
        while !isEnough(text) {
            guard let part = await parts.next(isolation: #isolation) else {
                isClosed = true
                break
            }
            text += part
        }
        defer { text = "" }
        return text
    }

    /// All that comes until the other side closes.
    @discardableResult
    func receiveAll() async -> String {
        await receive { _ in false }
    }
}

extension String {
    /// What stands between the separators.
    func pieces(by separator: String) -> [String] {
        split(separator: separator, omittingEmptySubsequences: false).map(String.init)
    }
}
