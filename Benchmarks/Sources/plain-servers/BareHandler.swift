import NIOCore

/// Writes the same bytes for each request, of which it looks for the end and nothing else: what a server on NIO costs at
/// the least.
final class BareHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let response: ByteBuffer

    init(_ response: ByteBuffer) {
        self.response = response
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data).readableBytesView
        // wrk sends a request whole, and none before the last was answered.
        guard bytes.suffix(4).elementsEqual("\r\n\r\n".utf8) else { return }
        context.writeAndFlush(wrapOutboundOut(response), promise: nil)
    }
}
