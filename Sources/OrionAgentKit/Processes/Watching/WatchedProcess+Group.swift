import Dispatch

extension WatchedProcess {
    /// How soon the group is looked at again: doubling from 1 ms to this. A killed group is empty within
    /// a millisecond; one that shuts down gracefully may take the whole grace period.
    private static let lastPauseMilliseconds = 100
    /// From this pause on, all processes are walked over: until then, whoever collects zombies as a rule has done so.
    private static let walkPauseMilliseconds = 8

    /// Not one of the global queues, whose few threads may all be busy or blocked for a while.
    private static let reaping = DispatchQueue(label: "orion.reap")

    /// Calls `body` once, on `queue`, when no member of the group is left. Meant for after the exit.
    func onGroupEmpty(on queue: DispatchQueue, _ body: @escaping @Sendable () -> Void) {
        queue.async { self.awaitEmptyGroup(pauseMilliseconds: 1, on: queue, body) }
    }

    /// Returns when no member of the group is left.
    func groupEmptied(on queue: DispatchQueue) async {
        await withCheckedContinuation { continuation in
            onGroupEmpty(on: queue) { continuation.resume() }
        }
    }

    /// Collects the process, now or as soon as it is dead.
    func reapWhenDead() {
        onExit(on: Self.reaping) { _ in self.reap() }
    }

    private func awaitEmptyGroup(
        pauseMilliseconds: Int, on queue: DispatchQueue, _ body: @escaping @Sendable () -> Void
    ) {
        let isThorough = pauseMilliseconds >= Self.walkPauseMilliseconds
        if isGroupEmpty(thoroughly: isThorough, age: .milliseconds(pauseMilliseconds)) { return body() }
        queue.asyncAfter(deadline: .now() + .milliseconds(pauseMilliseconds)) {
            let next = min(pauseMilliseconds * 2, Self.lastPauseMilliseconds)
            self.awaitEmptyGroup(pauseMilliseconds: next, on: queue, body)
        }
    }
}
