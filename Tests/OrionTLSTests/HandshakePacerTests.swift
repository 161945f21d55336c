import NIOCore
import NIOEmbedded
import NIOPosix
import Testing

@testable import OrionTLS

/// However many handshakes there are, an event loop sees to the rest too.
@Suite struct HandshakePacerTests {
    /// Notes how many steps had been taken when it was read from.
    private final class Bystander: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let steps: Steps
        private let result: EventLoopPromise<Int>

        init(_ steps: Steps, _ result: EventLoopPromise<Int>) {
            self.steps = steps
            self.result = result
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) { result.succeed(steps.count) }
    }

    /// To be used on one event loop.
    private final class Steps {
        var count = 0

        func take() {
            let end = NIODeadline.now() + HandshakePacer.turn
            while NIODeadline.now() < end {}
            count += 1
        }
    }

    /// A socket has something to read before the steps begin.
    @Test func otherSocketsHaveTheirTurn() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = group.next()
        let told = loop.makePromise(of: Int.self)
        let steps = try await loop.submit { NIOLoopBound(Steps(), eventLoop: loop) }.get()
        let socket = try await DatagramBootstrap(group: loop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Bystander(steps.value, told))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let address = try #require(socket.localAddress)
        try await loop.submit {
            let message = AddressedEnvelope(remoteAddress: address, data: ByteBuffer(string: "now"))
            socket.writeAndFlush(message, promise: nil)
            let pacer = HandshakePacer(eventLoop: loop)
            for _ in 0..<20 { pacer.run(steps.value.take) }
        }.get()
        // One is taken at once, and at most one more while the loop looks for tasks.
        #expect(try await told.futureResult.get() <= 2)
        try await socket.close()
        try await group.shutdownGracefully()
    }

    // MARK: The gate

    private let loop = EmbeddedEventLoop()

    /// A gate whose turn comes once `loop` has waited.
    private func closedGate() throws -> (gate: HandshakeGate, channel: EmbeddedChannel) {
        let pacer = HandshakePacer(eventLoop: loop)
        let gate = HandshakeGate(pacer)
        let channel = EmbeddedChannel(handler: gate, loop: loop)
        pacer.run { [loop] in loop.advanceTime(by: HandshakePacer.turn) }
        return (gate, channel)
    }

    private func text(_ channel: EmbeddedChannel) throws -> String? {
        try channel.readInbound(as: ByteBuffer.self).map { String(buffer: $0) }
    }

    @Test func whatWasReadWaitsForItsTurn() throws {
        let (gate, channel) = try closedGate()
        channel.pipeline.fireChannelRead(ByteBuffer(string: "hel"))
        channel.pipeline.fireChannelRead(ByteBuffer(string: "lo"))
        channel.pipeline.fireChannelReadComplete()
        #expect(try text(channel) == nil)
        loop.advanceTime(by: .milliseconds(1))
        #expect(try text(channel) == "hello")
        // Nobody else is there now.
        gate.handshakeCompleted()
        try channel.writeInbound(ByteBuffer(string: "finished"))
        #expect(try text(channel) == "finished")
        #expect(throws: ChannelPipelineError.notFound) {
            try channel.pipeline.syncOperations.handler(type: HandshakeGate.self)
        }
        _ = try channel.finish()
    }

    /// Else whoever sends without end would fill the memory of a loop that is busy.
    @Test func nothingMoreIsReadMeanwhile() throws {
        let (_, channel) = try closedGate()
        let reads = ReadCounter()
        try channel.pipeline.syncOperations.addHandler(reads, position: .first)
        try channel.writeInbound(ByteBuffer(string: "hello"))
        channel.read()
        channel.read()
        #expect(reads.count == 0)
        loop.advanceTime(by: .milliseconds(1))
        #expect(reads.count == 1)
        channel.read()
        #expect(reads.count == 2)
        _ = try channel.finish()
    }

    /// It may have read the request behind the handshake already, and wait for it.
    @Test func whatIsAskedForMeanwhileIsReadThoughTheHandshakeIsDone() throws {
        let (gate, channel) = try closedGate()
        let reads = ReadCounter()
        try channel.pipeline.syncOperations.addHandler(reads, position: .first)
        try channel.writeInbound(ByteBuffer(string: "finished"))
        channel.read()
        gate.handshakeCompleted()
        loop.advanceTime(by: .milliseconds(1))
        #expect(reads.count == 1)
        _ = try channel.finish()
    }

    /// An alert says why, and its sender closes behind it.
    @Test(arguments: [false, true])
    func theLastWordsAreHeard(ofOneThatHadBegun: Bool) throws {
        let pacer = HandshakePacer(eventLoop: loop)
        let channel = EmbeddedChannel(handler: HandshakeGate(pacer), loop: loop)
        if ofOneThatHadBegun {
            try channel.writeInbound(ByteBuffer(string: "hello"))
            #expect(try text(channel) == "hello")
        }
        pacer.run { [loop] in loop.advanceTime(by: HandshakePacer.turn) }
        try channel.writeInbound(ByteBuffer(string: "alert"))
        #expect(try text(channel) == nil)
        channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        #expect(try text(channel) == (ofOneThatHadBegun ? "alert" : nil))
        loop.advanceTime(by: .milliseconds(1))
        #expect(try text(channel) == nil)
        _ = try channel.finish()
    }
}

private final class ReadCounter: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer

    private(set) var count = 0

    func read(context: ChannelHandlerContext) {
        count += 1
        context.read()
    }
}
