package import NIOCore

/// Finds out whether the peer still answers: sends pings, and measures silence by those that stay unanswered.
///
/// The peer is silent since the first ping that it has not answered, or since its last frame where that is older: so a
/// line that is cut in one direction only counts too. While the socket is not read, it is not silent. A ping that stands
/// behind other bytes in our own queue has not been asked yet, as long as those move: a slow line is no dead peer.
package struct KeepAlive {
    package enum Due: Equatable {
        case nothing
        case ping
        case silent
    }

    private struct Ping {
        let sequence: UInt64
        var sentAt: NIODeadline
        /// The system has taken it.
        var hasLeft = false
    }

    /// More pings than these are not told apart: only the first counts.
    private static let maximumPings = 16

    private var interval: TimeAmount?
    private var timeout: TimeAmount?
    private var lastFrame: NIODeadline
    private var nextPing: NIODeadline?
    private var unanswered: [Ping] = []
    private var sequence: UInt64 = 0
    private var isSuspended = false

    package init(interval: TimeAmount?, timeout: TimeAmount?, at now: NIODeadline) {
        self.interval = interval
        self.timeout = timeout
        lastFrame = now
        nextPing = interval.map { now + $0 }
    }

    /// Changes the times, once they are known.
    package mutating func set(interval: TimeAmount?, timeout: TimeAmount?, at now: NIODeadline) {
        self.interval = interval
        self.timeout = timeout
        nextPing = interval.map { now + $0 }
    }

    /// A frame of whatever kind was read.
    package mutating func frameCame(at now: NIODeadline) {
        lastFrame = now
    }

    /// A ping is sent now; its number is its payload.
    package mutating func pinged(at now: NIODeadline) -> UInt64 {
        sequence += 1
        if unanswered.count == Self.maximumPings { unanswered.remove(at: 1) }
        unanswered.append(Ping(sequence: sequence, sentAt: now))
        nextPing = interval.map { now + $0 }
        return sequence
    }

    /// The system has taken a ping, and those before it: what it waited for that is nobody's silence.
    package mutating func left(_ number: UInt64, at now: NIODeadline) {
        for index in unanswered.indices where unanswered[index].sequence <= number && !unanswered[index].hasLeft {
            sendLater(index, at: now)
            unanswered[index].hasLeft = true
        }
    }

    /// After `time`, nobody knows how long after, the system has taken something of what stands before the pings that have
    /// not left: until then the peer took it in.
    package mutating func moved(after time: NIODeadline) {
        for index in unanswered.indices where !unanswered[index].hasLeft { sendLater(index, at: time) }
    }

    private mutating func sendLater(_ index: Int, at time: NIODeadline) {
        guard time > unanswered[index].sentAt else { return }
        let waited = time - unanswered[index].sentAt
        unanswered[index].sentAt = time
        // Silence begins with the first, and what came before that counts from there.
        if index == unanswered.startIndex { lastFrame = max(lastFrame, min(time, lastFrame + waited)) }
    }

    /// Whether a ping is due within half an interval: one that goes along with something else costs neither side a packet.
    package func isPingNear(at now: NIODeadline) -> Bool {
        guard !isSuspended, let interval, let nextPing else { return false }
        return nextPing - now < .nanoseconds(interval.nanoseconds / 2)
    }

    /// A pong came; it answers its ping and those before it. False where it answers nothing that was asked.
    package mutating func ponged(_ number: UInt64) -> Bool {
        guard number > 0, number <= sequence else { return false }
        unanswered.removeAll { $0.sequence <= number }
        return true
    }

    var silentSince: NIODeadline? {
        guard !isSuspended, let first = unanswered.first else { return nil }
        return min(first.sentAt, lastFrame)
    }

    package func silence(at now: NIODeadline) -> Double {
        guard let silentSince else { return 0 }
        return max(0, Double((now - silentSince).nanoseconds) / 1e9)
    }

    /// The socket is not read from now on.
    package mutating func suspend() {
        isSuspended = true
    }

    /// The socket is read again: what may lie in it counts as said now.
    package mutating func resume(at now: NIODeadline) {
        guard isSuspended else { return }
        isSuspended = false
        lastFrame = now
        for index in unanswered.indices { unanswered[index].sentAt = now }
        nextPing = interval.map { now + $0 }
    }

    package var nextDeadline: NIODeadline? {
        guard !isSuspended else { return nil }
        guard let timeout, let silentSince else { return nextPing }
        return nextPing.map { min($0, silentSince + timeout) } ?? (silentSince + timeout)
    }

    /// We stood still for that long, which is nobody's silence.
    package mutating func stoodStill(for late: TimeAmount, at now: NIODeadline) {
        lastFrame = min(now, lastFrame + late)
        for index in unanswered.indices { unanswered[index].sentAt = min(now, unanswered[index].sentAt + late) }
    }

    package mutating func timerFired(at now: NIODeadline) -> Due {
        guard !isSuspended else { return .nothing }
        if let timeout, let silentSince, now >= silentSince + timeout { return .silent }
        if let nextPing, now >= nextPing { return .ping }
        return .nothing
    }
}
