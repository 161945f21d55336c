import NIOCore

/// The life of one WebSocket from the handshake to its end, in either role: what frames and times make of it.
///
/// It decides and does nothing itself; ``WebSocketChannelHandler`` performs what it returns.
struct WebSocketMachine {
    enum Role: Sendable {
        case client
        case server
    }

    /// What becomes of the connection below.
    enum Transport: Equatable {
        /// The peer has the word.
        case keep
        /// Our side is closed behind what is written, and the peer's is waited for.
        case closeOutput
        case close
    }

    /// The end of the WebSocket, or a step on the way to it.
    struct Ending: Equatable {
        var frame: CloseFrame?
        /// What the owner is told, where it is the end for it.
        var closure: WebSocketClosure?
        var transport: Transport
    }

    enum Action: Equatable {
        case text(ByteBuffer)
        case binary(ByteBuffer)
        case pong(ByteBuffer)
        case answered([Int])
        case end(Ending)
        /// A frame was taken that asks for nothing.
        case nothing
    }

    enum TimerAction: Equatable {
        case ping
        case unanswered([Int])
        case end(Ending)
    }

    private enum Phase: Equatable {
        case open
        /// Our close frame is on its way, and the peer's is waited for.
        case closing(CloseFrame)
        /// For its owner the socket has ended; the connection has not, and what comes is thrown away.
        case ended
        case closed
    }

    private struct Probe {
        let id: Int
        let sequence: UInt64
        let patience: TimeAmount
        var deadline: NIODeadline
        /// The system has taken its ping.
        var hasLeft = false

        mutating func begin(at time: NIODeadline) { deadline = max(deadline, time + patience) }
    }

    /// A timer that comes later than this proves that this process stood still.
    static let stall = TimeAmount.seconds(1.0)

    private let role: Role
    private let closeTimeout: TimeAmount
    /// How much later than set a timer comes, at most.
    private let timerLateness: TimeAmount
    private var phase = Phase.open
    private var reader: FrameReader
    private var keepAlive: KeepAlive
    private var probes: [Probe] = []
    private var closeDeadline: NIODeadline?

    init(
        _ role: Role, _ configuration: WebSocketConfiguration, _ deflate: DeflateAgreement? = nil, at now: NIODeadline
    ) {
        self.role = role
        closeTimeout = .seconds(configuration.closeTimeoutSeconds)
        timerLateness = configuration.timers == nil ? .zero : TimerWheel.slotTime
        reader = FrameReader(
            FrameHeader.Rules(
                expectsMask: role == .server, maximumBytes: configuration.maximumFrameBytes,
                maximumMessageBytes: configuration.maximumMessageBytes,
                deflate: deflate == nil ? nil : configuration.deflate?.pool))
        keepAlive = KeepAlive(
            interval: Self.interval(configuration.pingIntervalSeconds, timerLateness),
            timeout: configuration.silenceTimeoutSeconds.map { .seconds($0) }, at: now)
    }

    var isOpen: Bool { phase == .open }

    // MARK: Frames

    /// Takes the next frame or message from the front of the bytes; nil where more is to come.
    mutating func received(_ buffer: inout ByteBuffer, at now: NIODeadline) -> Action? {
        guard phase != .ended, phase != .closed else {
            buffer.clear()
            return nil
        }
        do throws(Violation) {
            guard let event = try reader.next(&buffer) else { return nil }
            keepAlive.frameCame(at: now)
            return take(event, at: now)
        } catch {
            buffer.clear()
            return .end(violated(error, at: now))
        }
    }

    private mutating func take(_ event: FrameReader.Event, at now: NIODeadline) -> Action {
        switch event {
        case .text(let bytes): return phase == .open ? .text(bytes) : .nothing
        case .binary(let bytes): return phase == .open ? .binary(bytes) : .nothing
        case .ping(let payload): return phase == .open ? .pong(payload) : .nothing
        case .pong(let payload): return ponged(payload)
        case .close(let frame): return .end(peerCloses(frame, at: now))
        }
    }

    private mutating func ponged(_ payload: ByteBuffer) -> Action {
        guard payload.readableBytes == 8, let number = payload.getInteger(at: payload.readerIndex, as: UInt64.self),
            keepAlive.ponged(number)
        else { return .nothing }
        let answered = probes.filter { $0.sequence <= number }.map(\.id)
        probes.removeAll { $0.sequence <= number }
        return answered.isEmpty ? .nothing : .answered(answered)
    }

    private mutating func peerCloses(_ frame: CloseFrame, at now: NIODeadline) -> Ending {
        var ending = Ending(transport: role == .server ? .closeOutput : .keep)
        if case .closing(let sent) = phase {
            ending.closure = closure(.local, sent, at: now)
        } else {
            ending.frame = frame.code.map { CloseFrame(code: $0, reason: "") } ?? .empty
            ending.closure = closure(.remote, frame, at: now)
        }
        end(at: now)
        return ending
    }

    private mutating func violated(_ violation: Violation, at now: NIODeadline) -> Ending {
        let frame = CloseFrame(code: violation.code, reason: violation.reason)
        defer { end(at: now) }
        if case .closing(let sent) = phase {
            return Ending(closure: closure(.local, sent, at: now), transport: .close)
        }
        return Ending(frame: frame, closure: closure(.local, frame, at: now), transport: .closeOutput)
    }

    // MARK: The owner

    /// Begins the closing handshake; nil where it has begun already.
    mutating func close(code: UInt16, reason: String, at now: NIODeadline) -> Ending? {
        guard phase == .open else { return nil }
        let frame = CloseFrame(code: code, reason: reason)
        phase = .closing(frame)
        closeDeadline = now + closeTimeout
        return Ending(frame: frame, closure: nil, transport: .keep)
    }

    /// There is no room for what is to be sent; nil where that ends nothing.
    mutating func overflowed(_ policy: WebSocketOverflow, at now: NIODeadline) -> Ending? {
        guard phase == .open, case .close(let code) = policy else { return nil }
        let frame = CloseFrame(code: code, reason: "does not drain")
        var closure = closure(.local, frame, at: now)
        closure.didNotDrain = true
        end(at: now)
        return Ending(frame: frame, closure: closure, transport: .closeOutput)
    }

    mutating func setKeepAlive(interval: Double?, timeout: Double?, at now: NIODeadline) {
        keepAlive.set(
            interval: Self.interval(interval, timerLateness), timeout: timeout.map { .seconds($0) }, at: now)
    }

    /// When to set the timer, so that a ping leaves in time though that is late.
    private static func interval(_ seconds: Double?, _ lateness: TimeAmount) -> TimeAmount? {
        seconds.map { max(.seconds($0 / 2), .seconds($0) - lateness) }
    }

    /// Whether a ping is due so soon that it may go along with what is sent now.
    func isPingNear(at now: NIODeadline) -> Bool {
        phase == .open && keepAlive.isPingNear(at: now)
    }

    /// A ping is sent now; gives its number, which is its payload.
    mutating func pinged(at now: NIODeadline) -> UInt64 {
        keepAlive.pinged(at: now)
    }

    /// The system has taken the ping of that number.
    mutating func pingLeft(_ number: UInt64, at now: NIODeadline) {
        keepAlive.left(number, at: now)
        for index in probes.indices where probes[index].sequence <= number && !probes[index].hasLeft {
            probes[index].begin(at: now)
            probes[index].hasLeft = true
        }
    }

    /// Between `time` and now the system has taken something of what was sent before.
    mutating func outputMoved(after time: NIODeadline, at now: NIODeadline) {
        keepAlive.moved(after: time)
        // The peer took it in, nobody knows when: a probe gives it the benefit of the doubt.
        for index in probes.indices where !probes[index].hasLeft { probes[index].begin(at: now) }
    }

    /// As ``pinged(at:)``, and tells by `id` whether it was answered in time, which begins once the ping has left.
    mutating func probed(_ id: Int, within seconds: Double, at now: NIODeadline) -> UInt64 {
        let sequence = keepAlive.pinged(at: now)
        let patience = TimeAmount.seconds(seconds)
        probes.append(Probe(id: id, sequence: sequence, patience: patience, deadline: now + patience))
        return sequence
    }

    mutating func readingStopped() {
        keepAlive.suspend()
    }

    mutating func readingResumed(at now: NIODeadline) {
        keepAlive.resume(at: now)
    }

    // MARK: The connection

    /// The connection is gone.
    mutating func disconnected(_ reason: String, at now: NIODeadline) -> WebSocketClosure? {
        defer {
            phase = .closed
            closeDeadline = nil
        }
        switch phase {
        case .open: return closure(.lost, nil, reason, at: now)
        case .closing(let sent): return closure(.local, sent, at: now)
        case .ended, .closed: return nil
        }
    }

    // MARK: Time

    var nextDeadline: NIODeadline? {
        guard phase == .open else { return closeDeadline }
        var deadline = keepAlive.nextDeadline
        for probe in probes { deadline = min(deadline ?? probe.deadline, probe.deadline) }
        return deadline
    }

    /// A timer that was due at `due` fires at last: what it is late, we stood still, and not the peer.
    mutating func woke(at now: NIODeadline, due: NIODeadline) {
        let late = now - due
        guard late > Self.stall else { return }
        keepAlive.stoodStill(for: late, at: now)
        for index in probes.indices { probes[index].deadline = probes[index].deadline + late }
    }

    /// Called until it is nil.
    mutating func timerFired(at now: NIODeadline) -> TimerAction? {
        switch phase {
        case .open: return openTimerFired(at: now)
        case .closing(let sent):
            guard let closeDeadline, now >= closeDeadline else { return nil }
            end(at: now)
            self.closeDeadline = nil
            return .end(Ending(closure: closure(.local, sent, at: now), transport: .close))
        case .ended:
            guard let closeDeadline, now >= closeDeadline else { return nil }
            self.closeDeadline = nil
            return .end(Ending(closure: nil, transport: .close))
        case .closed:
            return nil
        }
    }

    private mutating func openTimerFired(at now: NIODeadline) -> TimerAction? {
        let late = probes.filter { now >= $0.deadline }.map(\.id)
        if !late.isEmpty {
            probes.removeAll { now >= $0.deadline }
            return .unanswered(late)
        }
        switch keepAlive.timerFired(at: now) {
        case .nothing: return nil
        case .ping: return .ping
        case .silent:
            // A close frame would most likely have nobody to read it, and no code means silence: a peer that lives takes
            // it for a broken connection (1006), which to it it is.
            let closure = closure(.lost, nil, "silent for too long", at: now)
            end(at: now)
            return .end(Ending(closure: closure, transport: .close))
        }
    }

    /// The ids of all probes that wait, at the end.
    mutating func takeProbes() -> [Int] {
        defer { probes = [] }
        return probes.map(\.id)
    }

    private mutating func end(at now: NIODeadline) {
        phase = .ended
        reader.reset()
        closeDeadline = now + closeTimeout
    }

    private func closure(
        _ origin: WebSocketClosure.Origin, _ frame: CloseFrame?, _ reason: String = "", at now: NIODeadline
    ) -> WebSocketClosure {
        WebSocketClosure(
            origin: origin, code: frame?.code, reason: frame?.reason ?? reason,
            silentForSeconds: keepAlive.silence(at: now))
    }
}
