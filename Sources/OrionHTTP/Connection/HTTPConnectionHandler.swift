import HTTPTypes
import NIOCore
import NIOTLS

/// One connection's socket side: performs what its ``RequestMachine`` decides.
///
/// It holds the bytes that must wait, feeds the decoder with the others, and writes the responses itself. All of it runs
/// on the channel's event loop.
final class HTTPConnectionHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    var machine: RequestMachine
    let decoder: RequestDecoder

    let server: ServerCore
    let admission: ConnectionRegistry.Admission
    /// Whether TLS stands before it.
    let isSecure: Bool
    var context: ChannelHandlerContext?
    var waiting: ByteBuffer?
    var remoteAddress: String?
    var isDriving = false
    var needsFlush = false
    var wasReadHeld = false
    var timer: (callback: NIOScheduledCallback, at: NIODeadline)?
    var bytesUnread = Int.max
    /// The body that is being produced for the present request.
    var stream: (any HTTPBodyStream)?
    /// Whether the connection ends with it.
    var streamCloses = false
    /// Taken from the budget that all connections share, a step at a time.
    var budgetedBytes = 0

    /// The loop's own clock, so that tests can turn it.
    let eventLoop: any EventLoop

    init(
        _ server: ServerCore, _ admission: ConnectionRegistry.Admission, isSecure: Bool, on eventLoop: any EventLoop
    ) {
        self.server = server
        self.admission = admission
        self.isSecure = isSecure
        self.eventLoop = eventLoop
        machine = RequestMachine(server.limits, at: eventLoop.now)
        decoder = RequestDecoder(server.limits)
    }

    // MARK: Pipeline

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        decoder.start(context)
        if context.channel.isActive { begin() }
    }

    func channelActive(context: ChannelHandlerContext) {
        context.fireChannelActive()
        begin()
    }

    func begin() {
        // Closed before the handshake, TLS would send nothing of the answer.
        if admission == .shed, !isSecure { shed() }
        armTimer()
    }

    /// Says that there is no room.
    private func shed() {
        let problem = HTTPProblem(
            status: .serviceUnavailable, message: "all \(server.limits.connections) connections are taken",
            headers: [.retryAfter: "1"])
        machine.fail(at: eventLoop.now)
        respond(to: problem, closing: true)
        flush()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        if waiting == nil {
            waiting = bytes
        } else {
            waiting?.writeBuffer(&bytes)
        }
        drive()
    }

    func read(context: ChannelHandlerContext) {
        if machine.wantsRead {
            context.read()
        } else {
            wasReadHeld = true
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        context.fireChannelWritabilityChanged()
        bytesUnread = unsentBytes(context)
        machine.writabilityChanged(context.channel.isWritable, at: eventLoop.now)
        drive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard machine.phase != .upgraded else {
            // Kept for the handlers that take over.
            if case ChannelEvent.inputClosed = event { _ = machine.inputClosed(hasBytes: true) }
            if event is ChannelShouldQuiesceEvent { _ = machine.quiesce() }
            return
        }
        switch event {
        case ChannelEvent.inputClosed:
            if machine.inputClosed(hasBytes: waiting != nil) { context.close(promise: nil) }
        case ChannelEvent.outputClosed:
            machine.outputClosed(at: eventLoop.now)
            drive()
        case TLSUserEvent.handshakeCompleted where admission == .shed:
            shed()
            armTimer()
        case is ChannelShouldQuiesceEvent:
            if machine.quiesce() { closeIdle(context) } else if stream != nil { cutStream() }
        default:
            context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // The socket's errors: nothing can be answered any more.
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        waiting = nil
        abandonStream()
        machine.closed()
        settleBudget()
        disarmTimer()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        disarmTimer()
        decoder.stop(context)
        self.context = nil
    }
}
