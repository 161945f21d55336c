import NIOCore

/// Bodies that are produced while they are sent: the next chunk is asked for when the one before has left.
extension HTTPConnectionHandler {
    /// Writes the head of a response, and what its stream brings behind it.
    func begin(_ stream: any HTTPBodyStream, of response: HTTPServerResponse, closing: Bool) {
        if machine.isInputClosed {
            stream.cancel()
            context?.close(promise: nil)
            return
        }
        // Without chunks nothing but the connection's end is the body's end.
        let closing = closing || machine.isHTTP10
        send(response, closing: closing)
        self.stream = stream
        streamCloses = closing
        machine.streamBegan()
        _ = context?.channel.setOption(.tcpOption(.notSentLowWater), value: server.limits.streamUnsentBytes)
        flush()
        // It began behind the shutdown, which cut those that were there.
        if machine.isQuiescing { cutStream() } else { pull(stream) }
    }

    private func pull(_ stream: any HTTPBodyStream) {
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        stream.next { chunk in
            bound.eventLoop.execute { bound.value.take(chunk, of: stream) }
        }
    }

    private func take(_ chunk: [UInt8]?, of stream: any HTTPBodyStream) {
        guard self.stream === stream, let context else { return }
        guard let chunk else { return end() }
        guard !chunk.isEmpty else { return pull(stream) }
        var buffer = context.channel.allocator.buffer(capacity: 0)
        if machine.isHTTP10 { buffer.writeBytes(chunk) } else { ResponseEncoder.writeChunk(chunk, to: &buffer) }
        let promise = eventLoop.makePromise(of: Void.self)
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        promise.futureResult.whenSuccess {
            guard bound.value.stream === stream else { return }
            bound.value.machine.chunkLeft()
            bound.value.pull(stream)
        }
        machine.chunkWaits(at: eventLoop.now)
        context.writeAndFlush(wrapOutboundOut(buffer), promise: promise)
        bytesUnread = unsentBytes(context)
        armTimer()
    }

    /// The body is whole.
    private func end() {
        stream = nil
        if !machine.isHTTP10 { write { ResponseEncoder.writeChunk([], to: &$0) } }
        machine.answered(closing: streamCloses, at: eventLoop.now)
        if streamCloses { closeOutput() }
        drive()
    }

    /// Ends a body in the middle, behind what has been written: the client sees that it is not whole.
    func cutStream() {
        abandonStream()
        machine.fail(at: eventLoop.now)
        closeOutput()
        armTimer()
    }

    /// Nobody takes the rest.
    func abandonStream() {
        stream.take()?.cancel()
    }
}
