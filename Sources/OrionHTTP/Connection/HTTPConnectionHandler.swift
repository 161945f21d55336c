import HTTPTypes
import NIOCore
import NIOHTTP1

/// One connection's socket side: performs what its ``RequestMachine`` decides.
///
/// It stands before the decoder, so that it holds the bytes that must wait, and writes the responses itself. All of it
/// runs on the channel's event loop.
final class HTTPConnectionHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    var machine: RequestMachine

    private let server: ServerCore
    private let admission: ConnectionRegistry.Admission
    private var context: ChannelHandlerContext?
    private var waiting: ByteBuffer?
    private var remoteAddress: String?
    private var isDriving = false
    private var needsFlush = false
    private var wasReadHeld = false
    private var timer: (callback: NIOScheduledCallback, at: NIODeadline)?
    private var bytesUnread = Int.max

    /// The loop's own clock, so that tests can turn it.
    private let eventLoop: any EventLoop

    init(_ server: ServerCore, _ admission: ConnectionRegistry.Admission, on eventLoop: any EventLoop) {
        self.server = server
        self.admission = admission
        self.eventLoop = eventLoop
        machine = RequestMachine(server.limits, at: eventLoop.now)
    }

    // MARK: Pipeline

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if context.channel.isActive { begin() }
    }

    func channelActive(context: ChannelHandlerContext) {
        context.fireChannelActive()
        begin()
    }

    private func begin() {
        if admission == .shed {
            let problem = HTTPProblem(
                status: .serviceUnavailable, message: "all \(server.limits.connections) connections are taken",
                headers: [.retryAfter: "1"])
            machine.fail(at: eventLoop.now)
            respond(to: problem, closing: true)
            flush()
        }
        armTimer()
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
        bytesUnread = .max
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
        case is ChannelShouldQuiesceEvent:
            if machine.quiesce() { closeIdle(context) }
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
        machine.closed()
        disarmTimer()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        disarmTimer()
        self.context = nil
    }

    // MARK: Requests

    /// Works through the bytes that wait, as far as the machine lets them go.
    private func drive() {
        guard !isDriving, let context else { return }
        isDriving = true
        let now = eventLoop.now
        var mayGoOn = true
        while mayGoOn {
            mayGoOn = feed(context, at: now)
            while perform(machine.next(router: server.router, awaitsBody: waiting == nil, at: now)) {}
            // What is written may have made the client's share of memory full.
            if mayGoOn { noteWritability(context, at: now) }
        }
        isDriving = false
        flush()
        settle(context)
    }

    /// Gives the decoder what it may have; false where nothing moved.
    private func feed(_ context: ChannelHandlerContext, at now: NIODeadline) -> Bool {
        let admission =
            waiting?.withUnsafeReadableBytes { machine.admit($0, at: now) } ?? .hold
        switch admission {
        case .hold:
            return false
        case .feed(let count):
            guard let slice = waiting?.readSlice(length: count) else { return false }
            if waiting?.readableBytes == 0 { waiting = nil }
            context.fireChannelRead(wrapInboundOut(slice))
            return true
        case .discard:
            waiting = nil
            return false
        case .fail(let problem):
            machine.fail(at: now)
            waiting = nil
            respond(to: problem, closing: true)
            return false
        }
    }

    /// True if there may be more to do.
    private func perform(_ action: RequestMachine.Action) -> Bool {
        switch action {
        case .none:
            return false
        case .sendContinue:
            write { $0.writeStaticString(ResponseEncoder.continuing) }
            flush()
        case .refuse(let problem):
            answer(server.router.response(for: problem))
        case .fail(let problem):
            waiting = nil
            respond(to: problem, closing: true)
        case .answer(let exchange):
            answer(exchange)
        }
        return true
    }

    private func answer(_ exchange: Exchange) {
        let request = exchange.request(from: peer())
        switch exchange.route.answer {
        case .immediate(let handler):
            answer(handler(request))
        case .task(let handler):
            let bound = NIOLoopBound(self, eventLoop: eventLoop)
            let job = ServerCore.Job(request: request, handler: handler) { response in
                bound.eventLoop.execute { bound.value.answerLater(response) }
            }
            if !server.submit(job) {
                answer(server.router.response(for: .overloaded))
            }
        case .upgrade(let name, let decide):
            switch decide(request) {
            case .refuse(let response): answer(response)
            case .accept(let headers, let install): upgrade(to: name, headers, install)
            }
        }
    }

    private func answerLater(_ response: HTTPServerResponse) {
        guard machine.phase == .answering, context != nil else { return }
        answer(response)
        drive()
    }

    private func answer(_ response: HTTPServerResponse) {
        let ends = machine.isInputClosed && waiting == nil
        let closing = !machine.keepsAlive || ends || ResponseEncoder.closes(response)
        send(response, closing: closing)
        machine.answered(closing: closing, at: eventLoop.now)
        if closing { closeOutput() }
    }

    private func respond(to problem: HTTPProblem, closing: Bool) {
        send(server.router.response(for: problem), closing: closing)
        if closing { closeOutput() }
    }

    private func send(_ response: HTTPServerResponse, closing: Bool) {
        let isHead = machine.isHead
        let persistence: ResponseEncoder.Persistence = closing ? .close : machine.isHTTP10 ? .keepAndSay : .keep
        write {
            ResponseEncoder.write(response, isHead: isHead, persistence: persistence, date: server.date, to: &$0)
        }
    }

    // MARK: Upgrade

    private func upgrade(
        to name: String, _ headers: HTTPFields, _ install: @Sendable (any Channel) -> EventLoopFuture<Void>
    ) {
        guard let context else { return }
        guard server.registry.upgrade(context.channel) else {
            answer(server.router.response(for: .overloaded))
            return
        }
        write { ResponseEncoder.writeSwitching(to: name, headers: headers, into: &$0) }
        flush()
        machine.upgraded()
        disarmTimer()
        let pipeline = context.pipeline.syncOperations
        let removals = [
            try? pipeline.context(handlerType: ByteToMessageHandler<HTTPRequestDecoder>.self),
            try? pipeline.context(handlerType: RequestCollector.self),
        ]
        for removal in removals {
            if let removal { pipeline.removeHandler(context: removal, promise: nil) }
        }
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        install(context.channel).hop(to: eventLoop).whenComplete { result in
            guard let context = bound.value.context else { return }
            switch result {
            case .success: context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
            case .failure: context.close(promise: nil)
            }
        }
    }

    func removeHandler(context: ChannelHandlerContext, removalToken: ChannelHandlerContext.RemovalToken) {
        if let bytes = waiting {
            waiting = nil
            context.fireChannelRead(wrapInboundOut(bytes))
            context.fireChannelReadComplete()
        }
        if machine.isInputClosed { context.fireUserInboundEventTriggered(ChannelEvent.inputClosed) }
        if machine.isQuiescing { context.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent()) }
        let wasReadHeld = wasReadHeld
        let channel = context.channel
        context.leavePipeline(removalToken: removalToken)
        if wasReadHeld { channel.read() }
    }

    // MARK: Writing

    private func write(_ encode: (inout ByteBuffer) -> Void) {
        guard let context else { return }
        var buffer = context.channel.allocator.buffer(capacity: 0)
        encode(&buffer)
        context.write(wrapOutboundOut(buffer), promise: nil)
        needsFlush = true
    }

    private func flush() {
        guard needsFlush, let context else { return }
        needsFlush = false
        context.flush()
    }

    /// Closes our side once all that is written has left; ``ChannelEvent/outputClosed`` follows.
    private func closeOutput() {
        flush()
        context?.close(mode: .output, promise: nil)
    }

    /// Nothing is left to do, unless a response is still on its way.
    private func closeIdle(_ context: ChannelHandlerContext) {
        guard unsentBytes(context) > 0, machine.phase == .idle else { return context.close(promise: nil) }
        machine.fail(at: eventLoop.now)
        closeOutput()
        armTimer()
    }

    private func unsentBytes(_ context: ChannelHandlerContext) -> Int {
        (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }

    private func noteWritability(_ context: ChannelHandlerContext, at now: NIODeadline) {
        guard !context.channel.isWritable else { return }
        flush()
        machine.writabilityChanged(context.channel.isWritable, at: now)
    }

    /// Reads on, or pauses, and sets the timer, as the machine's state asks for.
    private func settle(_ context: ChannelHandlerContext) {
        guard self.context != nil else { return }
        if machine.isInputClosed, waiting == nil, machine.phase == .idle {
            context.close(promise: nil)
            return
        }
        if let waiting, waiting.readableBytes > server.limits.pipelinedBytes, machine.phase != .upgraded {
            context.close(promise: nil)
            return
        }
        if wasReadHeld, machine.wantsRead {
            wasReadHeld = false
            context.read()
        }
        armTimer()
    }

    private func peer() -> String {
        if let remoteAddress { return remoteAddress }
        let address = context?.remoteAddress
        let host = address?.ipAddress ?? ""
        let text = address?.port.map { host.contains(":") ? "[\(host)]:\($0)" : "\(host):\($0)" } ?? host
        remoteAddress = text
        return text
    }
}

// MARK: Time

extension HTTPConnectionHandler: NIOScheduledCallbackHandler {
    func handleScheduledCallback(eventLoop: some EventLoop) {
        timer = nil
        guard let context, machine.phase != .closed else { return }
        let now = self.eventLoop.now
        switch machine.timerFired(at: now) {
        case .none:
            break
        case .fail(let problem):
            waiting = nil
            respond(to: problem, closing: true)
            flush()
        case .close:
            context.close(promise: nil)
            return
        case .closeUnlessDrained:
            let unread = unsentBytes(context)
            guard unread < bytesUnread else {
                context.close(promise: nil)
                return
            }
            bytesUnread = unread
            machine.drained(at: now)
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
