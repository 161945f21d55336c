import NIOCore
import NIOHTTP1

/// Sends one request, and judges the answer.
final class HTTPProbeHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private let request: HTTPRequestHead
    private let connection: ProbeConnection
    private var status: UInt?

    init(_ request: HTTPRequestHead, _ connection: ProbeConnection) {
        self.request = request
        self.connection = connection
    }

    func channelActive(context: ChannelHandlerContext) {
        context.write(wrapOutboundOut(.head(request)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): status = head.status.code
        case .body: break
        case .end: judge()
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        connection.fail(status == nil ? "closed without an answer" : "closed before the answer was whole")
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        // A page of any length is as good as its head.
        case is ResponseBound.Exceeded where status != nil: judge()
        case is ResponseBound.Exceeded: connection.fail("answered with a head of over \(ResponseBound.bytes) bytes")
        case HTTPParserError.invalidEOFState: connection.fail("closed before the answer was whole")
        case is HTTPParserError: connection.fail("the answer is no HTTP/1.1")
        default: connection.fail(error)
        }
    }

    private func judge() {
        guard let status else { return }
        if (200..<400).contains(status) { connection.pass() } else { connection.fail("\(status)") }
    }
}
