import NIOCore

/// Shares an event loop between the handshakes of a server and all else that it does.
///
/// A step of a handshake takes some tenths of a millisecond of CPU time, for its signatures. Where thousands of clients come
/// at once a loop would go through all of theirs before it looks at anything else, at the pings of those that are there
/// already too. So it sees to the rest each time that steps have taken it a few milliseconds.
///
/// Holds one step of each connection at most.
final class HandshakePacer {
    /// What steps may take before the rest has its turn.
    static let turn = TimeAmount.milliseconds(3)
    /// A loop looks at its sockets once no task is due. So long after a turn the next one seldom is, whatever else there was
    /// to do meanwhile.
    private static let pause = TimeAmount.milliseconds(1)

    private let eventLoop: any EventLoop
    private var first = CircularBuffer<() -> Void>()
    private var others = CircularBuffer<() -> Void>()
    private var taken = TimeAmount.zero
    private var isPausing = false

    init(eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    /// Runs a step: now, or behind those that wait already; one that `goesFirst` behind its like only. To be called on the
    /// event loop.
    func run(goesFirst: Bool, _ step: @escaping () -> Void) {
        guard isPausing else { return take(step) }
        if goesFirst { first.append(step) } else { others.append(step) }
    }

    private func take(_ step: () -> Void) {
        let begin = eventLoop.now
        step()
        taken = taken + (eventLoop.now - begin)
        guard taken >= Self.turn else { return }
        isPausing = true
        let pacer = NIOLoopBound(self, eventLoop: eventLoop)
        eventLoop.scheduleTask(in: Self.pause) { pacer.value.resume() }
    }

    private func resume() {
        isPausing = false
        taken = .zero
        while !isPausing, let step = first.popFirst() ?? others.popFirst() { take(step) }
    }
}
