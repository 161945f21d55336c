import Logging
import NIOCore

/// Tells people, once a minute, that connections cannot be accepted; they wait meanwhile, and are tried again each second.
final class AcceptErrorLog: ChannelInboundHandler {
    typealias InboundIn = any Channel

    private static let pause = TimeAmount.minutes(1)

    private let logger: Logger
    private var nextLine = NIODeadline.distantPast

    init(_ logger: Logger) { self.logger = logger }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        let now = context.eventLoop.now
        guard now >= nextLine else { return }
        nextLine = now + Self.pause
        logger.error(
            "connections cannot be accepted: \(error): where too many files are open, raise the limit (ulimit -n)")
    }
}
