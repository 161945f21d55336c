import NIOCore
import NIOHTTP1

/// NIO's decoder of requests without the handler that it usually stands in, whose queue and buffer are of no use here: what
/// it is fed with is decoded at once, and handed to the next handler of the pipeline.
final class RequestDecoder {
    private let decoder: HTTPRequestDecoder
    /// Bytes that it wants to see again, with what follows them: the beginning of a field.
    private var rest: ByteBuffer?

    init(_ limits: HTTPLimits) {
        var limit = NIOHTTPDecoderLimitConfiguration()
        limit.maxHeaderFieldSize = limits.headBytes
        limit.maxHeaderListSize = limits.headBytes
        limit.maxHeaderFieldCount = limits.headFields
        decoder = HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes, limitConfiguration: limit)
    }

    /// To be called before it is fed, and ``stop(_:)`` in the end: it holds itself until then.
    func start(_ context: ChannelHandlerContext) {
        decoder.decoderAdded(context: context)
    }

    func stop(_ context: ChannelHandlerContext) {
        decoder.decoderRemoved(context: context)
    }

    /// Not to be fed again once it has thrown.
    func feed(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) throws {
        var bytes = bytes
        if var all = rest.take() {
            all.writeBuffer(&bytes)
            bytes = all
        }
        _ = try decoder.decode(context: context, buffer: &bytes)
        if bytes.readableBytes > 0 { rest = bytes }
    }
}
