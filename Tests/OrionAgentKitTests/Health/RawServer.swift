import NIOCore
import NIOPosix
import Synchronization

/// A server that answers the first bytes of each connection with bytes of the test's own.
final class RawServer: Sendable {
    private struct State {
        var asked = ""
        var openCount = 0
    }

    private let channel: any Channel
    private let state: StateBox

    private final class StateBox: Sendable {
        let value = Mutex(State())
    }

    var port: Int { channel.localAddress?.port ?? 0 }
    /// Everything that it was sent.
    var asked: String { state.value.withLock { $0.asked } }
    /// Connections that are open.
    var openCount: Int { state.value.withLock { $0.openCount } }

    /// - Parameters:
    ///   - answer: nil for a server that takes connections and says nothing.
    ///   - closes: whether it closes the connection behind the answer.
    init(_ answer: String?, closes: Bool = false) async throws {
        let state = StateBox()
        self.state = state
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Handler(state, answer, closes))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    func close() async throws {
        try await channel.close()
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let state: StateBox
        private let answer: String?
        private let closes: Bool

        init(_ state: StateBox, _ answer: String?, _ closes: Bool) {
            self.state = state
            self.answer = answer
            self.closes = closes
        }

        func channelActive(context: ChannelHandlerContext) {
            state.value.withLock { $0.openCount += 1 }
        }

        func channelInactive(context: ChannelHandlerContext) {
            state.value.withLock { $0.openCount -= 1 }
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            state.value.withLock { $0.asked += String(buffer: unwrapInboundIn(data)) }
            guard let answer else { return }
            let channel = context.channel
            let written = context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: answer)))
            if closes { written.whenComplete { _ in channel.close(promise: nil) } }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }
    }
}
