import NIOCore
import OrionWS
import Synchronization

extension WebSocket: AgentSocket {}

/// Takes what happens on a socket's event loop to the session's executor, in order.
final class SocketRelay: WebSocketHandler {
    /// Frames on their way to the session at which reading is paused, and resumed: a control plane that sends faster than
    /// processes can be started waits.
    private static let pauseAt = 1024
    private static let resumeAt = 256

    private let session: Session
    private let waiting = Mutex(0)
    private let ended: AsyncStream<Void>.Continuation
    /// Finishes when the socket has closed.
    let end: AsyncStream<Void>

    init(session: Session) {
        self.session = session
        (end, ended) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    func opened(_ socket: WebSocket) {
        session.post { $0.opened(socket) }
    }

    func received(text: ByteBuffer, _ socket: WebSocket) {
        let json = Array(text.readableBytesView)
        let count = waiting.withLock { count in
            count += 1
            return count
        }
        if count == Self.pauseAt { socket.pauseReading() }
        session.post { session in
            session.received(json)
            let count = self.waiting.withLock { count in
                count -= 1
                return count
            }
            if count == Self.resumeAt { socket.resumeReading() }
        }
    }

    func received(binary: ByteBuffer, _ socket: WebSocket) {
        socket.close(code: WebSocketCloseCode.unsupportedData, reason: "text frames only")
    }

    func drained(_ socket: WebSocket) {
        session.logs.drained()
    }

    func closed(_ closure: WebSocketClosure, _ socket: WebSocket) {
        let code = closure.code.map { "\($0) " } ?? ""
        session.post { $0.closed(socket, code + closure.reason) }
        ended.finish()
    }
}
