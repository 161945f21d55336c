public import NIOCore
import Synchronization

/// One end of a WebSocket connection. Every method may be called from anywhere, returns at once, and does nothing once
/// the socket has ended.
public final class WebSocket: Sendable {
    private struct Outbox {
        var messages: [OutgoingMessage] = []
        /// Bytes of messages and control frames that the system has not taken.
        var bytes = 0
        var isOpen = true
        var isDrainAsked = false
    }

    /// Where the callbacks of this socket run.
    public let eventLoop: any EventLoop

    /// The other end as `ADDRESS:PORT`.
    public let remoteAddress: String

    private let limitBytes: Int
    private let overflow: WebSocketOverflow
    private let outbox = Mutex(Outbox())
    /// Emptied at the end, so that the two do not keep each other alive.
    private let connection: NIOLoopBoundBox<WebSocketChannelHandler?>

    init(_ channel: any Channel, _ configuration: WebSocketConfiguration) {
        limitBytes = configuration.outboundLimitBytes
        overflow = configuration.overflow
        connection = .makeEmptyBox(eventLoop: channel.eventLoop)
        eventLoop = channel.eventLoop
        remoteAddress = Self.text(channel.remoteAddress)
    }

    // MARK: Sending

    /// Bytes that were sent and that the system has not taken: who has much to send waits for
    /// ``WebSocketHandler/drained(_:)`` while they are many.
    public var waitingBytes: Int {
        outbox.withLock { $0.bytes }
    }

    /// Sends a text, which must be UTF-8, behind those that were sent before.
    ///
    /// False where it was not taken: the socket has ended, or more than `outboundLimitBytes` would wait then. In that case
    /// what follows is `overflow`'s to say.
    @discardableResult
    public func send(text: [UInt8]) -> Bool {
        send(OutgoingMessage(opcode: .text, payload: .array(text)))
    }

    /// As ``send(text:)-([UInt8])``, for bytes of any kind.
    @discardableResult
    public func send(binary: [UInt8]) -> Bool {
        send(OutgoingMessage(opcode: .binary, payload: .array(binary)))
    }

    /// As ``send(text:)-([UInt8])``. A server sends long ones without copying them, however many sockets they are sent to.
    @discardableResult
    public func send(text: ByteBuffer) -> Bool {
        send(OutgoingMessage(opcode: .text, payload: .buffer(text)))
    }

    /// As ``send(text:)-(ByteBuffer)``, for bytes of any kind.
    @discardableResult
    public func send(binary: ByteBuffer) -> Bool {
        send(OutgoingMessage(opcode: .binary, payload: .buffer(binary)))
    }

    private func send(_ message: OutgoingMessage) -> Bool {
        enum Next { case nothing, drain, overflow }
        let count = message.payload.count
        let (isTaken, next): (Bool, Next) = outbox.withLock { outbox in
            guard outbox.isOpen else { return (false, .nothing) }
            guard outbox.bytes + count <= limitBytes else {
                guard case .close = overflow else { return (false, .nothing) }
                outbox.isOpen = false
                return (false, .overflow)
            }
            outbox.bytes += Self.waitingBytes(of: count)
            outbox.messages.append(message)
            defer { outbox.isDrainAsked = true }
            return (true, outbox.isDrainAsked ? .nothing : .drain)
        }
        switch next {
        case .nothing: break
        case .drain: perform(later: true) { $0.drain() }
        case .overflow: perform(later: true) { $0.overflow() }
        }
        return isTaken
    }

    /// What a message of so many bytes counts for while it waits.
    static func waitingBytes(of count: Int) -> Int { count + FrameWriter.maximumHeaderBytes }

    /// Sends a close frame behind what was sent before, and ends the connection once the peer has answered it, or has
    /// not in time. A code that must not be sent becomes 1011, a reason of more than 123 bytes is cut.
    public func close(code: UInt16, reason: String) {
        outbox.withLock { $0.isOpen = false }
        perform { $0.close(code: code, reason: reason) }
    }

    // MARK: Reading

    /// Delivers no more messages until ``resumeReading()``, and stops reading the socket once `readAheadBytes` are kept.
    public func pauseReading() {
        perform { $0.pauseReading() }
    }

    /// Delivers what was kept, and reads on.
    public func resumeReading() {
        perform { $0.resumeReading() }
    }

    // MARK: Life

    /// Pings the peer and calls back once, on the event loop: true as soon as it answers, false if it does not in time
    /// or the socket ends. While its reading is stopped it cannot answer, and counts as alive. Its time counts from when
    /// the system took the ping; while what stands before that moves, it has not begun.
    public func ping(within seconds: Double, _ answered: @escaping @Sendable (Bool) -> Void) {
        let eventLoop = eventLoop
        eventLoop.execute { [connection] in
            guard let connection = connection.value else { return answered(false) }
            connection.probe(within: seconds, answered)
        }
    }

    /// Changes how often the peer is pinged and how long it may be silent; nil stops either.
    public func setKeepAlive(pingIntervalSeconds: Double?, silenceTimeoutSeconds: Double?) {
        perform { $0.setKeepAlive(pingIntervalSeconds, silenceTimeoutSeconds) }
    }

    // MARK: The connection's side

    /// The socket is about to open; on the event loop.
    func begin(_ connection: WebSocketChannelHandler) {
        self.connection.value = connection
    }

    /// What waits to be sent, in order.
    func takeMessages() -> [OutgoingMessage] {
        outbox.withLock { outbox in
            outbox.isDrainAsked = false
            defer { outbox.messages = [] }
            return outbox.messages
        }
    }

    /// The system has taken messages of so many bytes.
    func sent(_ bytes: Int) {
        outbox.withLock { $0.bytes -= bytes }
    }

    /// Room for control frames beside the messages, so that these cannot hold up a ping.
    private static let controlBytes = 4096

    /// Takes control frames of ours into account; false if they do not fit any more.
    func reserve(_ bytes: Int) -> Bool {
        outbox.withLock { outbox in
            guard outbox.bytes + bytes <= limitBytes + Self.controlBytes else { return false }
            outbox.bytes += bytes
            return true
        }
    }

    /// The socket has ended; on the event loop.
    func ended() {
        outbox.withLock { outbox in
            outbox.isOpen = false
            outbox.messages = []
        }
        connection.value = nil
    }

    private func perform(later: Bool = false, _ body: @escaping @Sendable (WebSocketChannelHandler) -> Void) {
        if !later, eventLoop.inEventLoop {
            if let connection = connection.value { body(connection) }
        } else {
            eventLoop.execute { [connection] in
                if let connection = connection.value { body(connection) }
            }
        }
    }

    private static func text(_ address: SocketAddress?) -> String {
        guard let address else { return "" }
        guard let host = address.ipAddress, let port = address.port else { return "\(address)" }
        return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}
