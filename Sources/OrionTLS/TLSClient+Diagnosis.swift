package import NIOCore
import NIOPosix
import NIOTLS

extension TLSClient {
    /// Shakes hands with a server once more and says why that fails; nil where it does not.
    ///
    /// For clients that bring their own connections, and so see an error without the certificate that it is about.
    package func diagnose(host: String, port: Int, on group: any EventLoopGroup) async -> TLSFailure? {
        let eventLoop = group.next()
        let result = eventLoop.makePromise(of: TLSFailure?.self)
        let channel = try? await ClientBootstrap(group: eventLoop)
            .connectTimeout(.seconds(5))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try self.secure(channel, host: host)
                    try channel.pipeline.syncOperations.addHandler(Diagnosis(result))
                }
            }
            .connect(host: host, port: port).get()
        guard let channel else {
            result.succeed(nil)
            return nil
        }
        let failure = try? await result.futureResult.get()
        channel.close(promise: nil)
        return failure
    }
}

/// Reports how a handshake ends.
private final class Diagnosis: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private var result: EventLoopPromise<TLSFailure?>?

    init(_ result: EventLoopPromise<TLSFailure?>) {
        self.result = result
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        settle(error as? TLSFailure)
        context.close(promise: nil)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.handshakeCompleted = event { settle(nil) }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        settle(nil)
        context.fireChannelInactive()
    }

    private func settle(_ failure: TLSFailure?) {
        result.take()?.succeed(failure)
    }
}
