import Logging
import NIOCore
import OrionControlPlane
import OrionCore
import OrionScheduler
import OrionWS
import Synchronization

/// One agent's connection: frames in, events out; the engine's commands in, frames out.
///
/// The socket calls it on its event loop, the engine from its task; what they share is behind a lock that nothing is
/// called under. The engine hears of a connection only once it has said hello.
final class AgentSession: Sendable {
    private struct State {
        var machine = SessionMachine()
        var outbox = Outbox()
        var socket: WebSocket?
        var session: SessionID?
        /// What it says of itself for logs, until it has been welcomed.
        var hello: Hello?
        var helloDeadline: Scheduled<Void>?
        var ignoredFrames: UInt64 = 0
    }

    private let controlPlane: ControlPlane
    private let gateway: AgentGateway
    private let peer: String
    private let baseLogger: Logger
    private let state = Mutex(State())

    init(controlPlane: ControlPlane, gateway: AgentGateway, peer: String, logger: Logger) {
        self.controlPlane = controlPlane
        self.gateway = gateway
        self.peer = peer
        baseLogger = logger
    }

    /// Made when something is to be logged: thousands of sessions never have anything.
    private var logger: Logger {
        var logger = baseLogger
        logger[metadataKey: "peer"] = .string(peer)
        return logger
    }

    private func perform(_ action: SessionMachine.Action) {
        switch action {
        case .join(let hello):
            state.withLock { $0.helloDeadline.take() }?.cancel()
            let session = controlPlane.connect(self)
            var introduction = hello
            introduction.replicas = nil
            state.withLock { state in
                state.session = session
                state.hello = introduction
            }
            controlPlane.receive(.hello(hello, address: peer), from: session)
        case .rejoin(let hello): deliver(.hello(hello, address: peer))
        case .deliver(let event): deliver(event)
        case .heartbeat(let heartbeat): deliver(.heartbeat(heartbeat, receivedAt: controlPlane.wallTime))
        case .log(let chunk):
            if let session = state.withLock({ $0.session }) { gateway.logs.received(chunk, from: session) }
        case .ignore(let reason):
            state.withLock { $0.ignoredFrames += 1 }
            logger.debug("Ignored a frame.", metadata: ["reason": .string(reason)])
        case .close(let code, let reason):
            logger.info("Ended an agent's session.", metadata: ["code": "\(code)", "reason": .string(reason)])
            socket?.close(code: code, reason: reason)
        case .none: break
        }
    }

    private func deliver(_ event: SessionEvent) {
        guard let session = state.withLock({ $0.session }) else { return }
        controlPlane.receive(event, from: session)
    }

    private var socket: WebSocket? { state.withLock { $0.socket } }
}

extension AgentSession: WebSocketHandler {
    func opened(_ socket: WebSocket) {
        // What the deadline ends is this connection; the socket's closure cancels it.
        let deadline = socket.eventLoop.scheduleTask(in: gateway.helloTimeout) {
            self.perform(self.state.withLock { $0.machine.helloIsDue() })
        }
        state.withLock {
            $0.socket = socket
            $0.helloDeadline = deadline
        }
    }

    func received(text: ByteBuffer, _ socket: WebSocket) {
        perform(state.withLock { $0.machine.received(text: text.readableBytesUInt8Span) })
    }

    func received(binary: ByteBuffer, _ socket: WebSocket) {
        perform(state.withLock { $0.machine.receivedBinary() })
    }

    func drained(_ socket: WebSocket) {
        state.withLock { state in
            state.outbox.drained(at: .now(), waitingBytes: { socket.waitingBytes }) { socket.send(text: $0) }
        }
    }

    func closed(_ closure: WebSocketClosure, _ socket: WebSocket) {
        let (session, deadline, ignored) = state.withLock { state in
            state.machine.ended()
            state.outbox.clear()
            state.socket = nil
            return (state.session.take(), state.helloDeadline.take(), state.ignoredFrames)
        }
        deadline?.cancel()
        if ignored > 0 {
            gateway.addIgnored(ignored)
            // Once a session, since an agent of another version may send such frames by the thousand.
            logger.warning(
                "Ignored frames of an agent that this version does not understand.", metadata: ["frames": "\(ignored)"])
        }
        logger.debug(
            "An agent's connection has ended.",
            metadata: ["code": "\(closure.code.map(String.init) ?? "none")", "reason": .string(closure.reason)])
        guard let session else { return }
        gateway.logs.closed(session)
        let silentSince = controlPlane.instant(secondsAgo: closure.silentForSeconds)
        controlPlane.receive(.closed(silentSince: silentSince), from: session)
    }
}

extension AgentSession: AgentConnection {
    func send(_ message: ControlMessage) -> Bool {
        // The lock is held while it is sent, so that messages keep their order; the socket calls nobody back from there.
        let outcome = state.withLock { state -> Outbox.Outcome? in
            guard let socket = state.socket, !state.machine.isEnded else { return nil }
            defer { announce(message, &state) }
            return state.outbox.send(message, at: .now(), waitingBytes: socket.waitingBytes) { socket.send(text: $0) }
        }
        guard let outcome else { return false }
        perform(outcome)
        return true
    }

    /// Lets logs be asked for once the agent has been welcomed. Under the lock, so that its end comes after that.
    private func announce(_ message: ControlMessage, _ state: inout State) {
        guard case .welcome = message, let hello = state.hello.take(), let session = state.session else { return }
        gateway.logs.welcomed(session, hello, self)
    }

    private func perform(_ outcome: Outbox.Outcome) {
        switch outcome {
        case .nothing: break
        case .check(let time):
            socket?.eventLoop.scheduleTask(in: time) { [weak self] in
                guard let self else { return }
                self.perform(self.state.withLock { $0.outbox.checked(at: .now()) })
            }
        case .stalled:
            logger.info("Ended the session of an agent that does not take in what is sent to it.")
            close(code: CloseCode.doesNotDrain, reason: "The agent does not take in what is sent to it.")
        }
    }

    func close(code: UInt16, reason: String) {
        let socket = state.withLock { state in
            state.machine.ended()
            state.outbox.clear()
            return state.socket
        }
        socket?.close(code: code, reason: reason)
    }

    func probe() {
        socket?.ping(within: ServerLimits.probeSeconds) { [weak self] isAlive in
            self?.deliver(.probed(isAlive: isAlive))
        }
    }

    func pauseReading() { socket?.pauseReading() }

    func resumeReading() { socket?.resumeReading() }
}
