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

    private let tls: TLSServer
    private let logger: Logger
    private let told = Mutex(Told())

    init(_ tls: TLSServer, logger: Logger) {
        self.tls = tls
        self.logger = logger
    }

    func secure(_ channel: any Channel) throws {
        try tls.secure(channel) { failure in
            self.tell(failure, of: channel.remoteAddress?.ipAddress ?? "", at: channel.eventLoop.now)
        }
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
