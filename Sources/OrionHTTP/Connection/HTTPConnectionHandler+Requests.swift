import HTTPTypes
import NIOCore

/// From bytes to answers.
extension HTTPConnectionHandler {
    /// Works through the bytes that wait, as far as the machine lets them go.
    func drive() {
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
    func feed(_ context: ChannelHandlerContext, at now: NIODeadline) -> Bool {
        let admission =
            waiting?.withUnsafeReadableBytes { machine.admit($0, at: now) } ?? .hold
        switch admission {
        case .hold:
            return false
        case .feed(let count):
            guard let slice = waiting?.readSlice(length: count) else { return false }
            if waiting?.readableBytes == 0 { waiting = nil }
            do {
                try decoder.feed(slice, context)
            } catch {
                machine.decoderFailed(error)
            }
            if !settleBudget() {
                machine.fail(at: now)
                waiting = nil
                respond(to: .overloaded, closing: true)
            }
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

    /// Takes from the budget of bodies what the present request needs, or gives back what it needs no more; false where
    /// there is not enough.
    @discardableResult
    func settleBudget() -> Bool {
        let step = 64 * 1024
        let needed = (machine.bodyBytes + step - 1) / step * step
        guard needed != budgetedBytes else { return true }
        if needed > budgetedBytes, !server.bodies.take(needed - budgetedBytes) { return false }
        if needed < budgetedBytes { server.bodies.give(back: budgetedBytes - needed) }
        budgetedBytes = needed
        return true
    }

    /// True if there may be more to do.
    func perform(_ action: RequestMachine.Action) -> Bool {
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
        case .begin(let exchange):
            begin(exchange)
        }
        return true
    }

    func answer(_ exchange: Exchange) {
        var request = exchange.request
        request.remoteAddress = peer()
        switch exchange.route.answer {
        case .immediate(let handler):
            answer(request, with: handler(request))
        case .task(let handler, let ready):
            if let response = ready?(request) { return answer(request, with: response) }
            submit(request, handler)
        case .stream:
            begin(exchange)
        case .upgrade(let name, let required, let decide):
            switch decide(request) {
            case .refuse(var response):
                if response.status == .upgradeRequired { response.addMissing(required) }
                answer(response)
            case .accept(let headers, let install): upgrade(to: name, headers, install)
            }
        }
    }

    /// Has a task answer that takes the body as it comes.
    func begin(_ exchange: Exchange) {
        guard case .stream(let handler) = exchange.route.answer, let pipe = exchange.pipe else { return }
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        pipe.whenThereIsRoom { bound.eventLoop.execute { bound.value.drive() } }
        var request = exchange.request
        request.remoteAddress = peer()
        submit(request) { await handler($0, HTTPRequestBody(pipe: pipe)) }
    }

    /// Answers at once, unless the response is to be gzipped first and that takes long.
    func answer(_ request: HTTPServerRequest, with response: HTTPServerResponse) {
        guard response.bytesToGzip(for: request) <= server.limits.gzipAtOnceBytes else {
            return submit(request) { _ in response }
        }
        var response = response
        response.gzip(for: request)
        answer(response)
    }

    /// Has a task of the server's answer.
    func submit(
        _ request: HTTPServerRequest, _ handler: @escaping @Sendable (HTTPServerRequest) async -> HTTPServerResponse
    ) {
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        // The body is the task's now, even if the client goes away before it ends.
        let isWhole = machine.phase == .answering
        let job = ServerCore.Job(
            request: request, handler: handler, budgetedBytes: isWhole ? budgetedBytes : 0
        ) { response in
            bound.eventLoop.execute { bound.value.answerLater(response) }
        }
        if server.submit(job) {
            if isWhole { budgetedBytes = 0 }
        } else if machine.mayAnswer() {
            answer(server.router.response(for: .overloaded))
        }
    }

    func answerLater(_ response: HTTPServerResponse) {
        guard context != nil, machine.mayAnswer() else {
            response.stream?.cancel()
            return
        }
        answer(response)
        drive()
    }

    func answer(_ response: HTTPServerResponse) {
        let ends = machine.isInputClosed && waiting == nil
        let closing = !machine.keepsAlive || ends || ResponseEncoder.closes(response)
        if let stream = response.stream {
            if !machine.isHead { return begin(stream, of: response, closing: closing) }
            stream.cancel()
        }
        send(response, closing: closing)
        machine.answered(closing: closing, at: eventLoop.now)
        if closing { closeOutput() }
    }

    func respond(to problem: HTTPProblem, closing: Bool) {
        send(server.router.response(for: problem), closing: closing)
        if closing { closeOutput() }
    }

    func send(_ response: HTTPServerResponse, closing: Bool) {
        let isHead = machine.isHead
        let isChunked = response.stream != nil && !machine.isHTTP10
        let persistence: ResponseEncoder.Persistence = closing ? .close : machine.isHTTP10 ? .keepAndSay : .keep
        var body: ByteBuffer?
        write {
            body = ResponseEncoder.write(
                response, isHead: isHead, isChunked: isChunked, persistence: persistence, date: server.date, to: &$0)
        }
        if let body { write(body) }
        if let context, !context.channel.isWritable { bytesUnread = unsentBytes(context) }
    }
}
