import NIOCore
import NIOHTTP1

/// Stands behind the decoder and hands what it makes to the connection.
final class RequestCollector: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart

    private let connection: HTTPConnectionHandler

    init(_ connection: HTTPConnectionHandler) {
        self.connection = connection
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        connection.machine.decoded(unwrapInboundIn(data))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        connection.machine.decoderFailed(error)
    }
}
