import NIOCore

/// What is written, and what it holds up.
extension HTTPConnectionHandler {
    func write(_ encode: (inout ByteBuffer) -> Void) {
        guard let context else { return }
        var buffer = context.channel.allocator.buffer(capacity: 0)
        encode(&buffer)
        write(buffer)
    }

    func write(_ bytes: ByteBuffer) {
        guard let context else { return }
        context.write(wrapOutboundOut(bytes), promise: nil)
        needsFlush = true
    }

    func flush() {
        guard needsFlush, let context else { return }
        needsFlush = false
        context.flush()
    }

    /// Closes our side once all that is written has left; ``ChannelEvent/outputClosed`` follows.
    func closeOutput() {
        flush()
        if let context { bytesUnread = unsentBytes(context) }
        context?.close(mode: .output, promise: nil)
    }

    /// Nothing is left to do, unless a response is still on its way.
    func closeIdle(_ context: ChannelHandlerContext) {
        guard unsentBytes(context) > 0, machine.phase == .idle else { return context.close(promise: nil) }
        machine.fail(at: eventLoop.now)
        closeOutput()
        armTimer()
    }

    func unsentBytes(_ context: ChannelHandlerContext) -> Int {
        (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }

    func noteWritability(_ context: ChannelHandlerContext, at now: NIODeadline) {
        guard !context.channel.isWritable else { return }
        flush()
        machine.writabilityChanged(context.channel.isWritable, at: now)
    }

    /// Reads on, or pauses, and sets the timer, as the machine's state asks for.
    func settle(_ context: ChannelHandlerContext) {
        settleBudget()
        guard self.context != nil else { return }
        if waiting == nil, machine.isOver {
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

    func peer() -> String {
        if let remoteAddress { return remoteAddress }
        let address = context?.remoteAddress
        let host = address?.ipAddress ?? ""
        let text = address?.port.map { host.contains(":") ? "[\(host)]:\($0)" : "\(host):\($0)" } ?? host
        remoteAddress = text
        return text
    }
}
