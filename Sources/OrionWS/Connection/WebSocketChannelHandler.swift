import NIOCore

/// The socket side of a WebSocket: performs what its ``WebSocketMachine`` decides, on the channel's event loop.
final class WebSocketChannelHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum Message {
        case text(ByteBuffer)
        case binary(ByteBuffer)

        var bytes: Int {
            switch self {
            case .text(let bytes), .binary(let bytes): bytes.readableBytes
            }
        }
    }

    private let configuration: WebSocketConfiguration
    private let writer: FrameWriter
    /// Its own clock is used, so that tests can turn it.
    private let eventLoop: any EventLoop
    private var machine: WebSocketMachine
    private var owner: (any WebSocketHandler)?
    private var socket: WebSocket?
    private var context: ChannelHandlerContext?

    private var input: ByteBuffer?
    private var isProcessing = false
    private var isPaused = false
    private var isInputOver = false
    private var kept = CircularBuffer<Message>(initialCapacity: 0)
    private var keptBytes = 0
    private var wasReadHeld = false
    private var needsFlush = false

    private var probes: [Int: @Sendable (Bool) -> Void] = [:]
    private var nextProbe = 0
    private var timer: (callback: NIOScheduledCallback, at: NIODeadline)?

    init(
        _ role: WebSocketMachine.Role, _ configuration: WebSocketConfiguration, _ owner: any WebSocketHandler,
        _ socket: WebSocket
    ) {
        self.socket = socket
        self.configuration = configuration
        self.owner = owner
        writer = FrameWriter(masks: role == .client)
        eventLoop = socket.eventLoop
        machine = WebSocketMachine(role, configuration, at: eventLoop.now)
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

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case ChannelEvent.inputClosed:
            takeRest()
            context.close(promise: nil)
        case is ChannelShouldQuiesceEvent:
            socket?.close(code: 1001, reason: "shutting down")
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

    // MARK: Reading

    private var isReadingStopped: Bool {
        isPaused && !isInputOver && keptBytes >= configuration.readAheadBytes
    }

    /// Works through the bytes that have come, as far as they may be read.
    private func process() {
        guard !isProcessing else { return }
        isProcessing = true
        let now = eventLoop.now
        while !isReadingStopped, let action = nextAction(at: now) { perform(action) }
        isProcessing = false
        flush()
        if isReadingStopped { machine.readingStopped() }
        armTimer()
    }

    private func nextAction(at now: NIODeadline) -> WebSocketMachine.Action? {
        guard input != nil else { return nil }
        let action = take(at: now)
        if input?.readableBytes == 0 { input = nil }
        return action
    }

    private func take(at now: NIODeadline) -> WebSocketMachine.Action? {
        guard var bytes = input else { return nil }
        // Held once, so that a payload can be unmasked where it stands.
        input = nil
        defer { input = bytes }
        return machine.received(&bytes, at: now)
    }

    private func perform(_ action: WebSocketMachine.Action) {
        switch action {
        case .nothing: break
        case .text(let bytes): deliver(.text(bytes))
        case .binary(let bytes): deliver(.binary(bytes))
        case .pong(let payload): sendControl(.pong, payload)
        case .answered(let ids): report(ids, true)
        case .end(let ending): perform(ending)
        }
    }

    private func deliver(_ message: Message) {
        guard !isPaused, kept.isEmpty else {
            kept.append(message)
            keptBytes += message.bytes
            return
        }
        hand(over: message)
    }

    private func hand(over message: Message) {
        guard let socket else { return }
        switch message {
        case .text(let bytes): owner?.received(text: bytes, socket)
        case .binary(let bytes): owner?.received(binary: bytes, socket)
        }
    }

    /// The connection brings nothing more: what has come is read, though its owner has paused.
    private func takeRest() {
        isInputOver = true
        process()
    }

    private func deliverKept() {
        while !isPaused, machine.isOpen, let message = kept.popFirst() {
            keptBytes -= message.bytes
            hand(over: message)
        }
    }

    func pauseReading() {
        isPaused = true
        if isReadingStopped { machine.readingStopped() }
    }

    func resumeReading() {
        guard isPaused else { return }
        isPaused = false
        deliverKept()
        guard !isReadingStopped else { return }
        machine.readingResumed(at: eventLoop.now)
        process()
        guard wasReadHeld, !isReadingStopped, let context else { return }
        wasReadHeld = false
        context.read()
    }

    // MARK: Sending

    /// Sends what the socket's outbox holds.
    func drain() {
        guard let context, let socket else { return }
        let messages = socket.takeMessages()
        guard !messages.isEmpty else { return }
        let count = messages.reduce(0) { $0 + $1.payload.count + FrameWriter.maximumHeaderBytes }
        var buffer = context.channel.allocator.buffer(capacity: count)
        for (opcode, payload) in messages { writer.write(opcode, payload, to: &buffer) }
        write(buffer, count, context)
        context.flush()
    }

    private func write(_ buffer: ByteBuffer, _ count: Int, _ context: ChannelHandlerContext) {
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenComplete { [weak self, weak socket] _ in
            guard let socket else { return }
            socket.sent(count)
            self?.owner?.drained(socket)
        }
        context.write(wrapOutboundOut(buffer), promise: promise)
    }

    private func sendControl(_ opcode: Opcode, _ payload: ByteBuffer) {
        guard let context, let socket else { return }
        let count = payload.readableBytes + FrameWriter.maximumHeaderBytes
        guard socket.reserve(count) else { return overflow() }
        var buffer = context.channel.allocator.buffer(capacity: count)
        writer.write(opcode, payload, to: &buffer)
        write(buffer, count, context)
        needsFlush = true
        if !isProcessing { flush() }
    }

    private func flush() {
        guard needsFlush else { return }
        needsFlush = false
        context?.flush()
    }

    func overflow() {
        drain()
        guard let ending = machine.overflowed(code: configuration.overflowCloseCode, at: eventLoop.now) else { return }
        perform(ending)
        armTimer()
    }

    func close(code: UInt16, reason: String) {
        drain()
        guard let ending = machine.close(code: code, reason: reason, at: eventLoop.now) else { return }
        kept.removeAll()
        keptBytes = 0
        perform(ending)
        // The peer's answer must be read, whether its messages are wanted or not.
        resumeReading()
        armTimer()
    }

    private func perform(_ ending: WebSocketMachine.Ending) {
        guard let context else { return }
        if let frame = ending.frame {
            drain()
            var buffer = context.channel.allocator.buffer(capacity: 128 + FrameWriter.maximumHeaderBytes)
            writer.write(.close, frame.payload, to: &buffer)
            context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
        }
        finish(ending.closure)
        switch ending.transport {
        case .keep: break
        case .closeOutput: context.close(mode: .output, promise: nil)
        case .close: context.close(promise: nil)
        }
    }

    /// Tells the owner of the end, once.
    private func finish(_ closure: WebSocketClosure?) {
        guard let closure, let socket, let owner else { return }
        // What the peer said before its end reaches the owner before that, though it has paused.
        while let message = kept.popFirst() { hand(over: message) }
        keptBytes = 0
        self.socket = nil
        self.owner = nil
        report(machine.takeProbes(), false)
        socket.ended()
        owner.closed(closure, socket)
    }

    // MARK: Life

    func setKeepAlive(_ interval: Double?, _ timeout: Double?) {
        machine.setKeepAlive(interval: interval, timeout: timeout, at: eventLoop.now)
        armTimer()
    }

    func probe(within seconds: Double, _ answered: @escaping @Sendable (Bool) -> Void) {
        guard machine.isOpen else { return answered(false) }
        nextProbe += 1
        probes[nextProbe] = answered
        sendControl(.ping, machine.probed(nextProbe, within: seconds, at: eventLoop.now))
        armTimer()
    }

    private func report(_ ids: [Int], _ isAlive: Bool) {
        for id in ids { probes.removeValue(forKey: id)?(isAlive) }
    }
}

// MARK: Time

extension WebSocketChannelHandler: NIOScheduledCallbackHandler {
    func handleScheduledCallback(eventLoop: some EventLoop) {
        guard let due = timer?.at else { return }
        timer = nil
        let now = self.eventLoop.now
        machine.woke(at: now, due: due)
        while let action = machine.timerFired(at: now) {
            switch action {
            case .ping: sendControl(.ping, machine.pinged(at: now))
            case .unanswered(let ids): report(ids, isReadingStopped)
            case .end(let ending): perform(ending)
            }
        }
        armTimer()
    }

    /// One timer, which is left alone where it comes early enough, and sets itself anew when it fires.
    private func armTimer() {
        guard let deadline = machine.nextDeadline, context != nil else { return }
        if let timer {
            if timer.at <= deadline { return }
            timer.callback.cancel()
        }
        let isolated = eventLoop.assumeIsolated()
        timer = (try? isolated.scheduleCallback(at: deadline, handler: self)).map { ($0, deadline) }
    }

    private func disarmTimer() {
        timer?.callback.cancel()
        timer = nil
    }
}
