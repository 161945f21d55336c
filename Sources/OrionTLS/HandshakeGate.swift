import NIOCore

/// Stands before a server's TLS until the handshake is done, and lets through what comes of it when its turn has come.
///
/// Meanwhile it asks for nothing more, so that it holds what was read at once; of a client that ends its side, what the
/// system has of it.
final class HandshakeGate: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let pacer: HandshakePacer
    private var held: ByteBuffer?
    private var isWaiting = false
    /// TLS has answered: what that cost would be lost if the handshake did not end in time.
    private var wasAnswered = false
    private var hasGoneFirst = false
    private var isDone = false
    /// What is due behind the turn.
    private var wantsToRead = false
    private var inputHasClosed = false

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
        // Once: who sends the rest in small pieces would have a turn before all others for each of them.
        let goesFirst = wasAnswered && !hasGoneFirst
        if goesFirst { hasGoneFirst = true }
        pacer.run(goesFirst: goesFirst) { self.turnComes(context) }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        wasAnswered = true
        context.write(data, promise: promise)
    }

    func read(context: ChannelHandlerContext) {
        if isWaiting { wantsToRead = true } else { context.read() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if isWaiting, case ChannelEvent.inputClosed = event {
            inputHasClosed = true
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        passOnLastWords(context)
        context.fireErrorCaught(error)
    }

    func channelInactive(context: ChannelHandlerContext) {
        passOnLastWords(context)
        context.fireChannelInactive()
    }

    /// We want nothing more of it.
    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        if mode != .output { held = nil }
        context.close(mode: mode, promise: promise)
    }

    private func turnComes(_ context: ChannelHandlerContext) {
        isWaiting = false
        passOn(context)
        if inputHasClosed { context.fireUserInboundEventTriggered(ChannelEvent.inputClosed) }
        if wantsToRead { context.read() }
        inputHasClosed = false
        wantsToRead = false
        if isDone { context.pipeline.syncOperations.removeHandler(context: context, promise: nil) }
    }

    /// They may be an alert that says why. Who was not answered has none, and TLS is spared what it would cost.
    private func passOnLastWords(_ context: ChannelHandlerContext) {
        if wasAnswered { passOn(context) }
    }

    private func passOn(_ context: ChannelHandlerContext) {
        guard let bytes = held else { return }
        held = nil
        context.fireChannelRead(wrapInboundOut(bytes))
        context.fireChannelReadComplete()
    }
}
