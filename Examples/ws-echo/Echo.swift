import NIOCore
import OrionWS

/// Sends back what comes, and reads no more while too much of that waits.
final class Echo: WebSocketHandler {
    private static let pauseBytes = 4 << 20
    private static let resumeBytes = 1 << 20

    private let ended: @Sendable (WebSocketClosure) -> Void

    init(ended: @escaping @Sendable (WebSocketClosure) -> Void = { _ in }) {
        self.ended = ended
    }

    func opened(_ socket: WebSocket) {}

    func received(text: ByteBuffer, _ socket: WebSocket) {
        socket.send(text: text)
        if socket.waitingBytes > Self.pauseBytes { socket.pauseReading() }
    }

    func received(binary: ByteBuffer, _ socket: WebSocket) {
        socket.send(binary: binary)
        if socket.waitingBytes > Self.pauseBytes { socket.pauseReading() }
    }

    func drained(_ socket: WebSocket) {
        if socket.waitingBytes < Self.resumeBytes { socket.resumeReading() }
    }

    func closed(_ closure: WebSocketClosure, _ socket: WebSocket) {
        ended(closure)
    }
}
