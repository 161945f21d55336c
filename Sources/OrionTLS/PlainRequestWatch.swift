import NIOCore

/// Stands before a server's TLS, and answers whoever speaks HTTP to it without: in the words that it understands.
///
/// The first byte tells, whatever the method: a name of capital letters, while a record of TLS begins with 22 and the
/// hello of SSL 2 with 128 and more. BoringSSL knows a few methods only, and sends the others an alert.
final class PlainRequestWatch: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// How long a client may take to read the answer. Closed at once, with bytes of it unread, it would see a reset.
    private static let linger = TimeAmount.seconds(2)

    private let answer: () -> ByteBuffer?
    private let onFailure: (TLSFailure) -> Void
    private var isAnswered = false
    private var timer: Scheduled<Void>?

    init(answer: @escaping () -> ByteBuffer?, onFailure: @escaping (TLSFailure) -> Void) {
        self.answer = answer
        self.onFailure = onFailure
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isAnswered else { return }
        let first = unwrapInboundIn(data).readableBytesView.first
        guard let first, (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(first), let bytes = answer() else {
            context.fireChannelRead(data)
            context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
            return
        }
        isAnswered = true
        onFailure(TLSFailure(.notTLS, nil, "the client does not speak TLS"))
        context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
        context.close(mode: .output, promise: nil)
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        timer = context.eventLoop.scheduleTask(in: Self.linger) { bound.value.close(promise: nil) }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if isAnswered, case ChannelEvent.inputClosed = event { return context.close(promise: nil) }
        context.fireUserInboundEventTriggered(event)
    }
}
