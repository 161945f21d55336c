import NIOCore
import OrionTLS

/// Performs a client's handshake on its channel, then gives the place to the WebSocket.
final class ClientHandshakeHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let configuration: WebSocketConfiguration
    private let owner: any WebSocketHandler
    private var handshake: ClientHandshake
    private let attempt: ConnectAttempt

    init(
        _ url: WebSocketURL, _ headers: [(String, String)], _ configuration: WebSocketConfiguration,
        _ owner: any WebSocketHandler, _ attempt: ConnectAttempt
    ) {
        self.configuration = configuration
        self.owner = owner
        self.attempt = attempt
        handshake = ClientHandshake(url, headers: headers, offersDeflate: configuration.deflate != nil)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { begin(context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        begin(context)
        context.fireChannelActive()
    }

    private func begin(_ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: handshake.request)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard attempt.isPending, let outcome = handshake.received(unwrapInboundIn(data)) else { return }
        settle(outcome, context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        if attempt.isPending { settle(handshake.closed(), context) }
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let failure = error as? TLSFailure {
            attempt.fail(.insecure(failure.reason), failure.description)
        } else {
            attempt.fail(.unreachable, "the connection broke during the handshake: \(error)")
        }
        context.close(promise: nil)
    }

    private func settle(_ outcome: ClientHandshake.Outcome, _ context: ChannelHandlerContext) {
        switch outcome {
        case .refused(let status, let body):
            let hint = (300..<400).contains(status) ? "; redirects are not followed" : ""
            attempt.fail(
                .refused(status: status, body: body), "the WebSocket was refused with status \(status)\(hint): \(body)")
            context.close(promise: nil)
        case .bad(let reason):
            attempt.fail(.badHandshake, "this is no WebSocket server: \(reason)")
            context.close(promise: nil)
        case .upgraded(let deflate, let rest):
            upgrade(deflate, rest, context)
        }
    }

    private func upgrade(_ deflate: DeflateAgreement?, _ rest: ByteBuffer, _ context: ChannelHandlerContext) {
        guard attempt.take() else {
            context.close(promise: nil)
            return
        }
        let socket = WebSocket(context.channel, configuration)
        let handler = WebSocketChannelHandler(.client, configuration, deflate, owner, socket)
        do {
            try context.pipeline.syncOperations.addHandler(handler, position: .after(self))
        } catch {
            // Only where the channel is closed: the socket was never opened.
            attempt.broke(error)
            context.close(promise: nil)
            return
        }
        attempt.succeed(socket)
        if rest.readableBytes > 0 {
            context.fireChannelRead(wrapInboundOut(rest))
            context.fireChannelReadComplete()
        }
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }
}
