import NIOCore
import NIOPosix

/// A TCP connection of a test: sends bytes as they are, and keeps what comes.
final class RawConnection {
    private final class Receiver: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer

        let continuation: AsyncStream<ByteBuffer>.Continuation

        init(_ continuation: AsyncStream<ByteBuffer>.Continuation) {
            self.continuation = continuation
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            continuation.yield(unwrapInboundIn(data))
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if case ChannelEvent.inputClosed = event { continuation.finish() }
        }

        func channelInactive(context: ChannelHandlerContext) {
            continuation.finish()
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            continuation.yield(ByteBuffer(string: "[\(error)]"))
            context.close(promise: nil)
        }
    }

    let channel: any Channel
    private(set) var text = ""
    private var bytes: [UInt8] = []
    private(set) var isClosed = false
    private var parts: AsyncStream<ByteBuffer>.Iterator

    init(port: Int, autoRead: Bool = true) async throws {
        let (stream, continuation) = AsyncStream.makeStream(of: ByteBuffer.self)
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
            text += String(buffer: part)
        }
        defer { text = "" }
        return text
    }

    /// The next response, by its Content-Length. Not to be mixed with the other ways to receive, which take text for text.
    func receiveResponse() async -> (head: String, body: [UInt8]) {
        var headBytes: Int?
        var bodyBytes = 0
        while true {
            if headBytes == nil, let end = bytes.firstRange(of: "\r\n\r\n".utf8)?.upperBound {
                headBytes = end
                let lengths = String(decoding: bytes[..<end], as: UTF8.self).pieces(by: "Content-Length: ").dropFirst()
                bodyBytes = lengths.first.flatMap { Int($0.prefix { $0 != "\r\n" }) } ?? 0
            }
            if let headBytes, bytes.count >= headBytes + bodyBytes {
                defer { bytes.removeFirst(headBytes + bodyBytes) }
                let head = String(decoding: bytes[..<headBytes], as: UTF8.self)
                return (head, Array(bytes[headBytes..<headBytes + bodyBytes]))
            }
            guard let part = await parts.next(isolation: #isolation) else {
                isClosed = true
                return (String(decoding: bytes, as: UTF8.self), [])
            }
            bytes += part.readableBytesView
        }
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
