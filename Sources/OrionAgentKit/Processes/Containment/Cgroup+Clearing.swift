import Dispatch

extension Cgroup {
    /// How soon it is looked at again where the kernel does not kill it as a whole: doubling from 1 ms to this.
    private static let lastPauseMilliseconds = 500

    /// Kills all that is in it, waits until it is empty, removes it, and calls `body`, once, on `queue`.
    ///
    /// - Parameter asOne: whether to try and have the kernel kill it as a whole.
    func clear(on queue: DispatchQueue, asOne: Bool = true, _ body: @escaping @Sendable () -> Void) {
        queue.async { self.clear(on: queue, asOne: asOne, pauseMilliseconds: 1, body) }
    }

    private func clear(
        on queue: DispatchQueue, asOne: Bool, pauseMilliseconds: Int, _ body: @escaping @Sendable () -> Void
    ) {
        guard isPopulated else {
            remove()
            return body()
        }
        var isCertain = false
        if asOne { isCertain = kill() } else { killOneByOne() }
        let again: @Sendable () -> Void = {
            let next = min(pauseMilliseconds * 2, Self.lastPauseMilliseconds)
            self.clear(on: queue, asOne: asOne, pauseMilliseconds: next, body)
        }
        if isCertain, let events = CgroupEvents(of: self) {
            return events.isPopulated ? events.whenChanged(on: queue, again) : again()
        }
        queue.asyncAfter(deadline: .now() + .milliseconds(pauseMilliseconds), execute: again)
    }
}
