import NIOCore
import NIOPosix
import Synchronization

@testable import OrionWS

/// Owns a socket and keeps what happens on it.
final class Owner: WebSocketHandler {
    enum Event: Equatable {
        case opened
        case text(String)
        case binary(Int)
        case closed(WebSocketClosure)
    }

    private struct State {
        var socket: WebSocket?
        var channel: (any Channel)?
        var count = 0
        var drainedCount = 0
    }

    let closedFlag = Flag()
    private let state = Mutex(State())
    private let events: AsyncStream<Event>
    private let continuation: AsyncStream<Event>.Continuation

    init() {
        (events, continuation) = AsyncStream.makeStream()
    }

    var socket: WebSocket? { state.withLock { $0.socket } }

    var channel: (any Channel)? { state.withLock { $0.channel } }

    func stands(on channel: any Channel) {
        state.withLock { $0.channel = channel }
    }

    /// Messages so far.
    var count: Int { state.withLock { $0.count } }

    /// How often the system took something.
    var drainedCount: Int { state.withLock { $0.drainedCount } }

    /// The next event; one test at a time asks.
    func next() async -> Event? {
        var iterator = events.makeAsyncIterator()
        return await iterator.next(isolation: #isolation)
    }

    /// Waits for the end, past whatever comes before.
    func closure() async -> WebSocketClosure? {
        while let event = await next() {
            if case .closed(let closure) = event { return closure }
        }
        return nil
    }

    func opened(_ socket: WebSocket) {
        state.withLock { $0.socket = socket }
        continuation.yield(.opened)
    }

    func received(text: ByteBuffer, _ socket: WebSocket) {
        state.withLock { $0.count += 1 }
        continuation.yield(.text(String(buffer: text)))
    }

    func received(binary: ByteBuffer, _ socket: WebSocket) {
        state.withLock { $0.count += 1 }
        continuation.yield(.binary(binary.readableBytes))
    }

    func drained(_ socket: WebSocket) {
        state.withLock { $0.drainedCount += 1 }
    }

    func closed(_ closure: WebSocketClosure, _ socket: WebSocket) {
        closedFlag.set()
        continuation.yield(.closed(closure))
    }
}

final class Flag: Sendable {
    private let state = Mutex(false)

    var isSet: Bool { state.withLock { $0 } }

    func set() { state.withLock { $0 = true } }
}

/// The other end of a socket: bytes.
final class Peer {
    private final class Receiver: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer

        let continuation: AsyncStream<[UInt8]>.Continuation

        init(_ continuation: AsyncStream<[UInt8]>.Continuation) {
            self.continuation = continuation
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            continuation.yield(Array(unwrapInboundIn(data).readableBytesView))
        }

        func channelInactive(context: ChannelHandlerContext) {
            continuation.finish()
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }
    }

    let channel: any Channel
    /// Closed with the peer: the end of a listener takes with it what it has just accepted.
    var listener: (any Channel)?
    private var parts: AsyncStream<[UInt8]>.Iterator
    private var bytes: [UInt8] = []

    /// With a `window` the system takes no more than so many bytes for it, and it reads so many at a time.
    init(port: Int, autoRead: Bool, window: Int? = nil) async throws {
        let (stream, continuation) = AsyncStream.makeStream(of: [UInt8].self)
        var bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        if let window {
            bootstrap = bootstrap.channelOption(.socketOption(.so_rcvbuf), value: SocketOptionValue(window))
                .channelOption(.maxMessagesPerRead, value: 1)
                .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: window))
        }
        channel =
            try await bootstrap
            .channelOption(.autoRead, value: autoRead)
            .channelInitializer { channel in channel.pipeline.addHandler(Receiver(continuation)) }
            .connect(host: "127.0.0.1", port: port).get()
        parts = stream.makeAsyncIterator()
    }

    deinit {
        listener?.close(promise: nil)
    }

    func send(_ bytes: [UInt8]) {
        channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
    }

    /// The next so many bytes, or what there is until the other side closes.
    func receive(_ count: Int) async -> [UInt8] {
        while bytes.count < count, let part = await parts.next(isolation: #isolation) { bytes += part }
        defer { bytes.removeFirst(min(count, bytes.count)) }
        return Array(bytes.prefix(count))
    }

    @discardableResult
    func receiveAll() async -> [UInt8] {
        await receive(.max)
    }
}

/// A server that answers whatever comes with the same bytes.
final class Answer: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let text: String

    init(_ text: String) {
        self.text = text
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
    }
}

/// The least of an HTTP server that upgrades; the first message leaves with the answer.
final class UpgradeByHand: ChannelInboundHandler, RemovableChannelHandler, Sendable {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let owner: Owner

    init(_ owner: Owner) {
        self.owner = owner
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let lines = String(buffer: unwrapInboundIn(data)).split(separator: "\r\n")
        let key = lines.first { $0.hasPrefix("Sec-WebSocket-Key: ") }?.dropFirst("Sec-WebSocket-Key: ".count) ?? ""
        let head = """
            HTTP/1.1 101 Switching Protocols\r
            Upgrade: websocket\r
            Connection: Upgrade\r
            Sec-WebSocket-Accept: \(WebSocketHandshake.acceptance(of: String(key)))\r\n\r\n
            """
        let bytes = Array(head.utf8) + frame(0x81, "first", mask: nil)
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
        let channel = context.channel
        WebSocketUpgrade(WebSocketConfiguration()).install(on: channel, handler: owner)
            .whenSuccess { channel.pipeline.removeHandler(self, promise: nil) }
    }
}
