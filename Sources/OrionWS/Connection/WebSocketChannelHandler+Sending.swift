import NIOCore

/// Messages, control frames and the end.
extension WebSocketChannelHandler {
    /// Sends what the socket's outbox holds.
    func drain() {
        guard let context, let socket else { return }
        let messages = socket.takeMessages()
        guard !messages.isEmpty else { return }
        let count = messages.reduce(0) { $0 + WebSocket.waitingBytes(of: $1.payload.count) }
        write(writer.frames(of: messages, context.channel.allocator), count, context)
        context.flush()
    }

    /// Writes buffers, which stand for so many of the socket's waiting bytes.
    private func write(_ buffers: [ByteBuffer], _ count: Int, _ context: ChannelHandlerContext) {
        for buffer in buffers.dropLast() { context.write(wrapOutboundOut(buffer), promise: nil) }
        guard let last = buffers.last else { return }
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenComplete { [weak self, weak socket] _ in
            guard let socket else { return }
            socket.sent(count)
            self?.owner?.drained(socket)
        }
        context.write(wrapOutboundOut(last), promise: promise)
    }

    func sendControl(_ opcode: Opcode, _ payload: ByteBuffer) {
        guard let context, let socket else { return }
        let count = WebSocket.waitingBytes(of: payload.readableBytes)
        guard socket.reserve(count) else { return overflow() }
        var buffer = context.channel.allocator.buffer(capacity: count)
        writer.write(opcode, .buffer(payload), to: &buffer)
        write([buffer], count, context)
        needsFlush = true
        if !isProcessing { flush() }
    }

    func flush() {
        guard needsFlush else { return }
        needsFlush = false
        context?.flush()
    }

    func overflow() {
        drain()
        guard let ending = machine.overflowed(configuration.overflow, at: eventLoop.now) else { return }
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

    func perform(_ ending: WebSocketMachine.Ending) {
        guard let context else { return }
        if let frame = ending.frame {
            drain()
            var buffer = context.channel.allocator.buffer(capacity: 128 + FrameWriter.maximumHeaderBytes)
            writer.write(.close, .array(frame.payload), to: &buffer)
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
    func finish(_ closure: WebSocketClosure?) {
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
}
