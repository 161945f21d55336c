import NIOCore

/// Shares an event loop between the handshakes of a server and all else that it does.
///
/// A step of a handshake takes some tenths of a millisecond of CPU time, for its signatures. Where thousands of clients come
/// at once a loop would go through all of theirs before it looks at anything else, at the pings of those that are there
/// already too. So it sees to the rest each time that steps have taken it a few milliseconds.
final class HandshakePacer {
    /// What steps may take before the rest has its turn.
    static let turn = TimeAmount.milliseconds(2)
    /// Not due when a loop looks for tasks once more, so that it looks at its sockets first.
    private static let pause = TimeAmount.microseconds(100)

    private let eventLoop: any EventLoop
    private var waiting = CircularBuffer<() -> Void>()
    private var taken = TimeAmount.zero
    private var isPausing = false

    init(eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    /// Runs a step: now, or behind those that wait already. To be called on the event loop.
    func run(_ step: @escaping () -> Void) {
        if isPausing { waiting.append(step) } else { take(step) }
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
        while !isPausing, let step = waiting.popFirst() { take(step) }
    }
}
