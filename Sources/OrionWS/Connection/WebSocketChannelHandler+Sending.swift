import NIOCore

/// Messages, control frames and the end.
extension WebSocketChannelHandler {
    /// What the channel is given at a time: with what it holds back at most (64 KiB) no more stands before a ping, a pong or
    /// a status than a slow line carries in a second or two.
    private static let batchBytes = 64 * 1024

    /// Sends what the socket's outbox holds, as far as the channel has room: control frames go before the rest.
    func drain(everything: Bool = false) {
        guard let context, let socket else { return }
        let messages = socket.takeMessages()
        let hasRoom = everything || context.channel.isWritable
        if !messages.isEmpty || !unwritten.isEmpty { pingAlong() }
        writeControls()
        // Nearly always: without a detour.
        if hasRoom, unwritten.isEmpty, Self.bytes(of: messages) <= Self.batchBytes {
            write(messages, context)
        } else {
            unwritten.append(contentsOf: messages)
        }
        while !unwritten.isEmpty, everything || context.channel.isWritable {
            write(takeBatch(), context)
            // Behind TLS a channel knows only after that what it holds.
            if !unwritten.isEmpty { flush() }
        }
        if !isProcessing { flush() }
    }

    private func takeBatch() -> [OutgoingMessage] {
        var batch: [OutgoingMessage] = []
        var bytes = 0
        while bytes < Self.batchBytes, let message = unwritten.popFirst() {
            batch.append(message)
            bytes += WebSocket.waitingBytes(of: message.payload.count)
        }
        if unwritten.isEmpty { unwritten = CircularBuffer(initialCapacity: 0) }
        return batch
    }

    private static func bytes(of messages: [OutgoingMessage]) -> Int {
        messages.reduce(0) { $0 + WebSocket.waitingBytes(of: $1.payload.count) }
    }

    private func write(_ messages: [OutgoingMessage], _ context: ChannelHandlerContext) {
        guard !messages.isEmpty else { return }
        write(writer.frames(of: messages, context.channel.allocator), Self.bytes(of: messages), context)
        needsFlush = true
    }

    /// Writes buffers, which stand for so many of the socket's waiting bytes and have a ping in them, if anything.
    private func write(
        _ buffers: [ByteBuffer], _ count: Int, ping: UInt64? = nil, _ context: ChannelHandlerContext
    ) {
        guard let last = buffers.last else { return }
        openWrites += 1
        for buffer in buffers { writtenBytes += buffer.readableBytes }
        for buffer in buffers.dropLast() { context.write(wrapOutboundOut(buffer), promise: nil) }
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenComplete { [self, socket] result in
            openWrites -= 1
            if let ping, case .success = result { machine.pingLeft(ping, at: eventLoop.now) }
            guard let socket else { return }
            socket.sent(count)
            owner?.drained(socket)
        }
        context.write(wrapOutboundOut(last), promise: promise)
    }

    /// Puts a control frame behind those that go out with the next flush, in one piece.
    func sendControl(_ opcode: Opcode, _ payload: ByteBuffer, ping: UInt64? = nil, flushing: Bool = true) {
        guard let context, let socket else { return }
        let count = WebSocket.waitingBytes(of: payload.readableBytes)
        guard socket.reserve(count) else { return overflow() }
        var waiting = controls ?? Controls(bytes: context.channel.allocator.buffer(capacity: count))
        // Held once, so that it grows where it stands.
        controls = nil
        writer.write(opcode, .buffer(payload), to: &waiting.bytes)
        waiting.count += count
        waiting.ping = ping ?? waiting.ping
        controls = waiting
        needsFlush = true
        if flushing, !isProcessing { flush() }
    }

    func sendPing(_ number: UInt64, flushing: Bool = true) {
        sendControl(.ping, ByteBuffer(integer: number), ping: number, flushing: flushing)
    }

    /// One that is due soon costs no packet of its own.
    private func pingAlong() {
        let now = eventLoop.now
        if machine.isPingNear(at: now) { sendPing(machine.pinged(at: now), flushing: false) }
    }

    private func writeControls() {
        guard let context, let controls = controls.take() else { return }
        write([controls.bytes], controls.count, ping: controls.ping, context)
    }

    func flush() {
        guard needsFlush else { return }
        pingAlong()
        writeControls()
        needsFlush = false
        context?.flush()
    }

    /// Looks whether the system has taken anything since the last look.
    func noteProgress(at now: NIODeadline) {
        let option = ChannelOptions.bufferedWritableBytes
        let held = openWrites == 0 ? 0 : (try? context?.channel.syncOptions?.getOption(option)) ?? 0
        let taken = writtenBytes - held
        if openWrites > 0, taken > takenBytes { machine.outputMoved(after: lookedAt, at: now) }
        (takenBytes, lookedAt) = (taken, now)
    }

    func overflow() {
        drain(everything: true)
        guard let ending = machine.overflowed(configuration.overflow, at: eventLoop.now) else { return }
        perform(ending)
        armTimer()
    }

    func close(code: UInt16, reason: String) {
        drain(everything: true)
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
            drain(everything: true)
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
        unwritten = CircularBuffer(initialCapacity: 0)
        self.socket = nil
        self.owner = nil
        report(machine.takeProbes(), false)
        socket.ended()
        owner.closed(closure, socket)
    }
}
