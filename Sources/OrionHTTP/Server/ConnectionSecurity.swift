import HTTPTypes
import Logging
import NIOCore
import OrionTLS
import Synchronization

/// Puts TLS before the handlers of each connection, and tells the log whom it keeps out.
final class ConnectionSecurity: Sendable {
    private struct Told {
        var until = NIODeadline.uptimeNanoseconds(0)
        var leftOut = 0
    }

    private static let needsTLS = HTTPProblem(
        status: .badRequest, message: "this port speaks TLS: use https:// or wss:// instead of http:// or ws://")

    private let tls: TLSServer
    private let core: ServerCore
    private let logger: Logger
    private let told = Mutex(Told())

    init(_ tls: TLSServer, _ core: ServerCore, logger: Logger) {
        self.tls = tls
        self.core = core
        self.logger = logger
    }

    func secure(_ channel: any Channel) throws {
        try tls.secure(channel, plainAnswer: answerInPlain) { failure in
            self.tell(failure, of: channel.remoteAddress?.ipAddress ?? "", at: channel.eventLoop.now)
        }
    }

    /// For a client that was told `http://` for `https://`.
    private func answerInPlain() -> ByteBuffer? {
        var answer = ByteBuffer()
        let body = ResponseEncoder.write(
            core.router.response(for: Self.needsTLS), isHead: false, persistence: .close, date: core.date, to: &answer)
        if let body { answer.writeImmutableBuffer(body) }
        return answer
    }

    /// One line a second at most: whoever reaches the port can have as many connections refused as it likes.
    private func tell(_ failure: TLSFailure, of peer: String, at now: NIODeadline) {
        var metadata: Logger.Metadata = ["peer": "\(peer)", "reason": "\(failure)"]
        guard failure.owner != nil else {
            // No certificate's fault: scanners and broken lines.
            return logger.debug("A connection was not made secure.", metadata: metadata)
        }
        let leftOut: Int? = told.withLock { told in
            guard now >= told.until else {
                told.leftOut += 1
                return nil
            }
            defer { told = Told(until: now + .seconds(1.0)) }
            return told.leftOut
        }
        guard let leftOut else { return }
        if leftOut > 0 { metadata["leftOut"] = "\(leftOut)" }
        logger.notice("A connection was refused.", metadata: metadata)
    }
}
