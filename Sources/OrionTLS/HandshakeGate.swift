import NIOCore

/// Stands before a server's TLS until the handshake is done, and lets through what comes of it when its turn has come.
///
/// Meanwhile it reads nothing more, so that it holds no more than was read at once.
final class HandshakeGate: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer

    private let pacer: HandshakePacer
    private var held: ByteBuffer?
    private var isWaiting = false
    private var hasBegun = false
    private var isDone = false
    private var wantsToRead = false

    init(_ pacer: HandshakePacer) {
        self.pacer = pacer
    }

    /// The handshake is done: from now on everything comes through at once.
    func handshakeCompleted() {
        isDone = true
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        held = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        if held?.writeImmutableBuffer(bytes) == nil { held = bytes }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        guard held != nil else { return context.fireChannelReadComplete() }
        guard !isWaiting else { return }
        isWaiting = true
        pacer.run { self.turnComes(context) }
    }

    func read(context: ChannelHandlerContext) {
        if isWaiting { wantsToRead = true } else { context.read() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event { end(context) }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(context)
        context.fireChannelInactive()
    }

    private func turnComes(_ context: ChannelHandlerContext) {
        isWaiting = false
        passOn(context)
        if wantsToRead {
            wantsToRead = false
            context.read()
        }
        if isDone { context.pipeline.syncOperations.removeHandler(context: context, promise: nil) }
    }

    /// Nothing more comes. The last words may say why, but who has only begun wants no answer any more.
    private func end(_ context: ChannelHandlerContext) {
        if hasBegun { passOn(context) } else { held = nil }
    }

    private func passOn(_ context: ChannelHandlerContext) {
        guard let bytes = held else { return }
        held = nil
        hasBegun = true
        context.fireChannelRead(wrapInboundOut(bytes))
        context.fireChannelReadComplete()
    }
}
