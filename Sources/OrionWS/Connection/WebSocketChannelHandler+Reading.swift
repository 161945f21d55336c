import NIOCore

/// From bytes to messages, as far as the owner wants them.
extension WebSocketChannelHandler {
    var isReadingStopped: Bool {
        isPaused && !isInputOver && keptBytes >= configuration.readAheadBytes
    }

    /// Works through the bytes that have come, as far as they may be read.
    func process() {
        guard !isProcessing else { return }
        isProcessing = true
        let now = eventLoop.now
        while !isReadingStopped, let action = nextAction(at: now) { perform(action) }
        isProcessing = false
        compactInput()
        flush()
        if isReadingStopped { machine.readingStopped() }
        armTimer()
    }

    /// A few bytes that wait for the rest of their frame do not keep all that was read with them.
    private func compactInput() {
        guard let rest = input, rest.readableBytes <= 256 else { return }
        input = ByteBuffer(bytes: rest.readableBytesView)
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

    func perform(_ action: WebSocketMachine.Action) {
        switch action {
        case .nothing: break
        case .text(let bytes): deliver(.text(bytes))
        case .binary(let bytes): deliver(.binary(bytes))
        case .pong(let payload): sendControl(.pong, payload)
        case .answered(let ids): report(ids, true)
        case .end(let ending): perform(ending)
        }
    }

    func deliver(_ message: Message) {
        guard !isPaused, kept.isEmpty else {
            kept.append(message.copy)
            keptBytes += message.keptBytes
            return
        }
        hand(over: message)
    }

    func hand(over message: Message) {
        guard let socket else { return }
        switch message {
        case .text(let bytes): owner?.received(text: bytes, socket)
        case .binary(let bytes): owner?.received(binary: bytes, socket)
        }
    }

    /// The connection brings nothing more: what has come is read, though its owner has paused.
    func takeRest() {
        isInputOver = true
        process()
    }

    func deliverKept() {
        while !isPaused, machine.isOpen, let message = kept.popFirst() {
            keptBytes -= message.keptBytes
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
}
