import NIOCore

/// The socket side of a WebSocket: performs what its ``WebSocketMachine`` decides, on the channel's event loop.
final class WebSocketChannelHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    enum Message {
        case text(ByteBuffer)
        case binary(ByteBuffer)

        /// What it takes to keep it, were it empty too.
        var keptBytes: Int {
            switch self {
            case .text(let bytes), .binary(let bytes): bytes.readableBytes + 64
            }
        }

        /// With bytes of its own, so that a short message does not keep all that was read with it.
        var copy: Message {
            switch self {
            case .text(let bytes): .text(ByteBuffer(bytes: bytes.readableBytesView))
            case .binary(let bytes): .binary(ByteBuffer(bytes: bytes.readableBytesView))
            }
        }
    }

    /// Control frames that wait, in one piece.
    struct Controls {
        var bytes: ByteBuffer
        /// What they count for.
        var count = 0
        /// The last ping among them.
        var ping: UInt64?
    }

    let configuration: WebSocketConfiguration
    let writer: FrameWriter
    /// Its own clock is used, so that tests can turn it.
    let eventLoop: any EventLoop
    var machine: WebSocketMachine
    var owner: (any WebSocketHandler)?
    var socket: WebSocket?
    var context: ChannelHandlerContext?

    var input: ByteBuffer?
    var isProcessing = false
    var isPaused = false
    var isInputOver = false
    var kept = CircularBuffer<Message>(initialCapacity: 0)
    var keptBytes = 0
    var wasReadHeld = false
    var needsFlush = false
    /// Control frames that go out with the next flush.
    var controls: Controls?
    /// Messages that the channel has no room for yet.
    var unwritten = CircularBuffer<OutgoingMessage>(initialCapacity: 0)
    /// Writes that the system has not taken whole.
    var openWrites = 0
    /// All that the channel was given, and how much of it the system had taken when that was last looked at.
    var writtenBytes = 0
    var takenBytes = 0
    var lookedAt = NIODeadline.distantPast

    var probes: [Int: @Sendable (Bool) -> Void] = [:]
    var nextProbe = 0
    var timer: (callback: NIOScheduledCallback?, at: NIODeadline)?
    /// What calls back instead of the event loop, if anything.
    let wheel: TimerWheel?

    init(
        _ role: WebSocketMachine.Role, _ configuration: WebSocketConfiguration, _ deflate: DeflateAgreement?,
        _ owner: any WebSocketHandler, _ socket: WebSocket
    ) {
        self.socket = socket
        self.configuration = configuration
        self.owner = owner
        var compressor: Compressor?
        if let settings = configuration.deflate, let deflate { compressor = Compressor(settings, deflate) }
        writer = FrameWriter(masks: role == .client, compressor: compressor)
        eventLoop = socket.eventLoop
        wheel = configuration.timers?.wheel(on: socket.eventLoop)
        machine = WebSocketMachine(role, configuration, deflate, at: eventLoop.now)
    }

    // MARK: Pipeline

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        guard let socket else { return }
        socket.begin(self)
        owner?.opened(socket)
        armTimer()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        finish(machine.disconnected("the handler was removed", at: eventLoop.now))
        disarmTimer()
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        if input == nil {
            input = bytes
        } else {
            input?.writeBuffer(&bytes)
        }
        process()
    }

    func read(context: ChannelHandlerContext) {
        if isReadingStopped {
            wasReadHeld = true
        } else {
            context.read()
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable, !unwritten.isEmpty { drain() }
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case ChannelEvent.inputClosed:
            takeRest()
            context.close(promise: nil)
        case is ChannelShouldQuiesceEvent:
            socket?.close(code: WebSocketCloseCode.goingAway, reason: "shutting down")
        default:
            context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        takeRest()
        finish(machine.disconnected("\(error)", at: eventLoop.now))
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        takeRest()
        finish(machine.disconnected("the connection was closed", at: eventLoop.now))
        disarmTimer()
        context.fireChannelInactive()
    }
}
