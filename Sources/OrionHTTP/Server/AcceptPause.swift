import Glibc
import Logging
import NIOCore

/// Accepts nothing for a second where the system has no descriptors or no memory for a connection, and says so once a minute.
/// Those that come meanwhile wait in the backlog.
///
/// NIO's own `AcceptBackoffHandler` only holds back reads that are asked for. The one that failed is still open, and asks
/// the system again at once, without an end.
final class AcceptPause: ChannelInboundHandler {
    typealias InboundIn = any Channel

    private static let pause = TimeAmount.milliseconds(1_000)
    private static let silence = TimeAmount.minutes(1)

    private let logger: Logger
    private var nextLine = NIODeadline.distantPast

    init(_ logger: Logger) { self.logger = logger }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? IOError, [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(error.errnoCode) else { return }
        let (now, channel) = (context.eventLoop.now, context.channel)
        if now >= nextLine {
            nextLine = now + Self.silence
            let way = error.errnoCode == EMFILE ? ": more open files are needed (ulimit -n)" : ""
            logger.error("connections cannot be accepted and have to wait: \(error)\(way)")
        }
        try? channel.syncOptions?.setOption(.autoRead, value: false)
        context.eventLoop.scheduleTask(in: Self.pause) { channel.setOption(.autoRead, value: true) }
    }
}
