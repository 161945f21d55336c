import NIOCore
import NIOSSL
import NIOTLS

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Stands behind a connection's TLS, and says why it did not come to be secure.
final class HandshakeWatch: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private static let patience = TimeAmount.seconds(10)

    private let side: TLSSide
    private let tls: NIOSSLHandler
    private let onCompletion: () -> Void
    private let onFailure: (TLSFailure) -> Void
    /// The other side has said all that it has to say of our certificate. With TLS 1.3 a client is done before the
    /// server has looked at what it showed (RFC 8446 §4.4.2): only the first byte says that it got in.
    private var isSettled = false
    private var hasFailed = false
    private var timer: Scheduled<Void>?

    init(
        _ side: TLSSide, _ tls: NIOSSLHandler, onCompletion: @escaping () -> Void = {},
        onFailure: @escaping (TLSFailure) -> Void = { _ in }
    ) {
        self.side = side
        self.tls = tls
        self.onCompletion = onCompletion
        self.onFailure = onFailure
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        timer = context.eventLoop.scheduleTask(in: Self.patience) {
            let (watch, context) = bound.value
            watch.fail(.stalled(watch.side), context)
            context.close(promise: nil)
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.handshakeCompleted = event {
            timer?.cancel()
            if case .server = side { isSettled = true }
            onCompletion()
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        isSettled = true
        context.fireChannelRead(data)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if !isSettled {
            fail(TLSFailure(error, of: tls.peerCertificate, at: side, now: time(nil)), context)
        } else if case NIOSSLError.uncleanShutdown = error {
            // The other side closed its socket without a farewell. HTTP and WebSocket know by themselves where a
            // message ends, and the end of the connection follows.
        } else {
            context.fireErrorCaught(error)
        }
    }

    /// It has been seen before TLS. The handlers behind are not told, who would close the connection before it has ended.
    func fail(_ failure: TLSFailure) {
        timer?.cancel()
        hasFailed = true
        onFailure(failure)
    }

    private func fail(_ failure: TLSFailure, _ context: ChannelHandlerContext) {
        guard !hasFailed else { return }
        fail(failure)
        context.fireErrorCaught(failure)
    }
}
