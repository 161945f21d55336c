import NIOCore

/// Messages, control frames and the end.
extension WebSocketChannelHandler {
    /// Sends what the socket's outbox holds.
    func drain() {
        writeControls()
        guard let context, let socket else { return }
        let messages = socket.takeMessages()
        guard !messages.isEmpty else { return }
        let count = messages.reduce(0) { $0 + WebSocket.waitingBytes(of: $1.payload.count) }
        write(writer.frames(of: messages, context.channel.allocator), count, context)
        needsFlush = true
        if !isProcessing { flush() }
    }

    /// Writes buffers, which stand for so many of the socket's waiting bytes.
    private func write(_ buffers: [ByteBuffer], _ count: Int, _ context: ChannelHandlerContext) {
        for buffer in buffers.dropLast() { context.write(wrapOutboundOut(buffer), promise: nil) }
        guard let last = buffers.last else { return }
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenComplete { [self, socket] _ in
            guard let socket else { return }
            socket.sent(count)
            owner?.drained(socket)
        }
        context.write(wrapOutboundOut(last), promise: promise)
    }

    /// Puts a control frame behind those that go out with the next flush, in one piece.
    func sendControl(_ opcode: Opcode, _ payload: ByteBuffer, flushing: Bool = true) {
        guard let context, let socket else { return }
        let count = WebSocket.waitingBytes(of: payload.readableBytes)
        guard socket.reserve(count) else { return overflow() }
        var waiting = controls ?? (context.channel.allocator.buffer(capacity: count), 0)
        // Held once, so that it grows where it stands.
        controls = nil
        writer.write(opcode, .buffer(payload), to: &waiting.bytes)
        waiting.count += count
        controls = waiting
        needsFlush = true
        if flushing, !isProcessing { flush() }
    }

    private func writeControls() {
        guard let context, let (bytes, count) = controls.take() else { return }
        write([bytes], count, context)
    }

    func flush() {
        guard needsFlush else { return }
        let now = eventLoop.now
        if machine.isPingNear(at: now) { sendControl(.ping, machine.pinged(at: now), flushing: false) }
        writeControls()
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
