public import NIOCore

/// What the owner of a WebSocket makes of what happens on it; called on the socket's event loop, which it must not block.
public protocol WebSocketHandler: AnyObject, Sendable {
    /// The socket is open: the first call.
    func opened(_ socket: WebSocket)

    /// A whole message, valid UTF-8.
    func received(text: ByteBuffer, _ socket: WebSocket)

    /// A whole message of bytes.
    func received(binary: ByteBuffer, _ socket: WebSocket)

    /// The system has taken some of what was sent: ``WebSocket/waitingBytes`` is lower than before.
    func drained(_ socket: WebSocket)

    /// The end: the last call, once for each socket that was opened.
    func closed(_ closure: WebSocketClosure, _ socket: WebSocket)
}

extension WebSocketHandler {
    /// Does nothing: most owners send little.
    public func drained(_ socket: WebSocket) {}
}
