import NIOCore

/// Lets no more of an answer through than a health check has any use for: what is read is an error from there on.
final class ResponseBound: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    struct Exceeded: Error {}

    /// Head and body together.
    static let bytes = 64 * 1024

    private var count = 0

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard count <= Self.bytes else { return }
        count += unwrapInboundIn(data).readableBytes
        if count <= Self.bytes { context.fireChannelRead(data) } else { context.fireErrorCaught(Exceeded()) }
    }
}
