import NIOCore
import NIOHTTP1

/// Answers `/` with the page and `/health` with `ok`.
final class PageHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let page: Page
    private var request: HTTPRequestHead?

    init(_ page: Page) {
        self.page = page
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): request = head
        case .body: break
        case .end:
            guard let request else { return }
            self.request = nil
            answer(request, context)
        }
    }

    private func answer(_ request: HTTPRequestHead, _ context: ChannelHandlerContext) {
        let (status, type, text): (HTTPResponseStatus, String, String) =
            switch (request.method, request.uri) {
            case (.GET, "/"), (.HEAD, "/"): (.ok, "text/html; charset=utf-8", page.html)
            case (.GET, "/health"), (.HEAD, "/health"): (.ok, "text/plain", "ok\n")
            case (.GET, _), (.HEAD, _): (.notFound, "text/plain", "there is nothing here; try /\n")
            default: (.methodNotAllowed, "text/plain", "only GET and HEAD\n")
            }
        var headers = HTTPHeaders([("Content-Type", type), ("Content-Length", String(text.utf8.count))])
        if status == .methodNotAllowed { headers.add(name: "Allow", value: "GET, HEAD") }
        if !request.isKeepAlive { headers.add(name: "Connection", value: "close") }
        context.write(
            wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: status, headers: headers))), promise: nil)
        if request.method != .HEAD {
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: text)))), promise: nil)
        }
        let isKeepAlive = request.isKeepAlive
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in
            if !isKeepAlive { channel.close(promise: nil) }
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
