import Glibc
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
            spin(for: HandshakePacer.turn)
            count += 1
        }
    }

    private final class Order {
        var names: [String] = []
    }

    /// A socket has something to read before the steps begin; `isBusy`: and the loop has tasks all the time.
    @Test(arguments: [false, true])
    func otherSocketsHaveTheirTurn(isBusy: Bool) async throws {
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
        let tasks = loop.scheduleRepeatedTask(
            initialDelay: isBusy ? .zero : .hours(1), delay: .microseconds(300), notifying: nil
        ) { _ in spin(for: .microseconds(60)) }
        try await loop.submit {
            let message = AddressedEnvelope(remoteAddress: address, data: ByteBuffer(string: "now"))
            socket.writeAndFlush(message, promise: nil)
            let pacer = HandshakePacer(eventLoop: loop)
            for _ in 0..<40 { pacer.run(goesFirst: true, steps.value.take) }
        }.get()
        // One is taken at once; a few more where a task is due each time that the loop looks for one.
        #expect(try await told.futureResult.get() <= 20)
        tasks.cancel()
        try await socket.close()
        try await group.shutdownGracefully()
    }

    /// What the server has done for it would be lost with its time.
    @Test func whoWasAnsweredGoesFirst() {
        let pacer = HandshakePacer(eventLoop: loop)
        let order = Order()
        pacer.run(goesFirst: false) { [loop] in loop.advanceTime(by: HandshakePacer.turn) }
        pacer.run(goesFirst: false) { order.names.append("newcomer") }
        pacer.run(goesFirst: true) { order.names.append("first") }
        pacer.run(goesFirst: true) { order.names.append("second") }
        loop.advanceTime(by: .milliseconds(1))
        #expect(order.names == ["first", "second", "newcomer"])
    }

    // MARK: The gate

    private let loop = EmbeddedEventLoop()

    /// A gate whose turn comes once `loop` has waited.
    private func closedGate() throws -> (gate: HandshakeGate, channel: EmbeddedChannel) {
        let pacer = HandshakePacer(eventLoop: loop)
        let gate = HandshakeGate(pacer)
        let channel = EmbeddedChannel(handler: gate, loop: loop)
        pacer.run(goesFirst: true) { [loop] in loop.advanceTime(by: HandshakePacer.turn) }
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

    /// Else whoever sends the rest byte by byte would keep all others from their turn.
    @Test func whoWasAnsweredGoesFirstOnce() throws {
        let pacer = HandshakePacer(eventLoop: loop)
        let order = Order()
        let channel = EmbeddedChannel(handler: HandshakeGate(pacer), loop: loop)
        try channel.writeInbound(ByteBuffer(string: "hello"))
        try channel.writeOutbound(ByteBuffer(string: "hello"))
        _ = try text(channel)
        for _ in 1...2 {
            pacer.run(goesFirst: true) { [loop] in loop.advanceTime(by: HandshakePacer.turn) }
            pacer.run(goesFirst: false) { order.names.append((try? text(channel)) ?? "newcomer") }
            try channel.writeInbound(ByteBuffer(string: "piece"))
            loop.advanceTime(by: .milliseconds(1))
        }
        #expect(order.names == ["piece", "newcomer"])
        #expect(try text(channel) == "piece")
        _ = try? channel.finish()
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

    /// An alert says why, and its sender closes behind it: that is heard of behind the alert.
    @Test func theEndComesBehindTheLastWords() throws {
        let (_, channel) = try closedGate()
        let ends = EndRecorder()
        try channel.pipeline.syncOperations.addHandler(ends)
        try channel.writeInbound(ByteBuffer(string: "alert"))
        channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        #expect(try text(channel) == nil)
        #expect(ends.count == 0)
        loop.advanceTime(by: .milliseconds(1))
        #expect(try text(channel) == "alert")
        #expect(ends.count == 1)
        _ = try channel.finish()
    }

    /// Where the connection is gone there is no time to wait; who was not answered has no last words.
    @Test(arguments: [false, true], [false, true])
    func theLastWordsOfWhoIsGone(wasAnswered: Bool, isReset: Bool) throws {
        let pacer = HandshakePacer(eventLoop: loop)
        let channel = EmbeddedChannel(handler: HandshakeGate(pacer), loop: loop)
        try channel.writeInbound(ByteBuffer(string: "hello"))
        #expect(try text(channel) == "hello")
        if wasAnswered { try channel.writeOutbound(ByteBuffer(string: "hello")) }
        pacer.run(goesFirst: true) { [loop] in loop.advanceTime(by: HandshakePacer.turn) }
        try channel.writeInbound(ByteBuffer(string: "alert"))
        #expect(try text(channel) == nil)
        if isReset {
            channel.pipeline.fireErrorCaught(IOError(errnoCode: ECONNRESET, reason: "read"))
        } else {
            channel.pipeline.fireChannelInactive()
        }
        #expect(try text(channel) == (wasAnswered ? "alert" : nil))
        loop.advanceTime(by: .milliseconds(1))
        _ = try? channel.finish()
    }

    /// TLS that was closed would take it for an error.
    @Test func whoWeCloseIsNotHeardAnyMore() throws {
        let (_, channel) = try closedGate()
        try channel.writeInbound(ByteBuffer(string: "finished"))
        channel.close(promise: nil)
        loop.advanceTime(by: .milliseconds(1))
        #expect(try text(channel) == nil)
    }
}

private func spin(for time: TimeAmount) {
    let end = NIODeadline.now() + time
    while NIODeadline.now() < end {}
}

private final class EndRecorder: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private(set) var count = 0

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event { count += 1 }
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
