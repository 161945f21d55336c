import Dispatch
import Glibc

extension Cgroup {
    /// How soon it is looked at again where the kernel does not kill it as a whole: doubling from 1 ms to this.
    private static let lastPauseMilliseconds = 500

    private enum Step {
        /// Nothing is left that has to end.
        case cleared
        /// What was there is dying; true where nothing can have been missed.
        case killed(isCertain: Bool)
    }

    /// Kills all that is in it, waits until it is empty, removes it, and calls `body`, once, on `queue`; never, if
    /// `custody` ends before.
    ///
    /// - Parameters:
    ///   - asOne: whether to try and have the kernel kill it as a whole.
    ///   - agent: never killed.
    func clear(
        on queue: DispatchQueue, asOne: Bool = true, custody: Custody = Custody(), agent: Int32 = getpid(),
        _ body: @escaping @Sendable () -> Void
    ) {
        queue.async { self.clear(on: queue, asOne: asOne, custody, agent, pauseMilliseconds: 1, body) }
    }

    private func clear(
        on queue: DispatchQueue, asOne: Bool, _ custody: Custody, _ agent: Int32, pauseMilliseconds: Int,
        _ body: @escaping @Sendable () -> Void
    ) {
        let again: @Sendable () -> Void = {
            let next = min(pauseMilliseconds * 2, Self.lastPauseMilliseconds)
            self.clear(on: queue, asOne: asOne, custody, agent, pauseMilliseconds: next, body)
        }
        switch custody.whileHeld({ step(asOne: asOne, agent) }) {
        case nil: return
        case .cleared: return body()
        case .killed(isCertain: true):
            if let events = CgroupEvents(of: self) {
                return events.isPopulated ? events.whenChanged(on: queue, again) : again()
            }
        case .killed: break
        }
        queue.asyncAfter(deadline: .now() + .milliseconds(pauseMilliseconds), execute: again)
    }

    private func step(asOne: Bool, _ agent: Int32) -> Step {
        guard isPopulated else {
            remove()
            return .cleared
        }
        switch holds(agent) {
        // It cannot be told now, as with too many open files.
        case nil: return .killed(isCertain: false)
        // Whoever has put the agent there: it stays, and so does the cgroup.
        case true?: return killOneByOne(sparing: agent) == 0 ? .cleared : .killed(isCertain: false)
        case false?: break
        }
        if asOne { return .killed(isCertain: kill()) }
        killOneByOne()
        return .killed(isCertain: false)
    }
}
