package import OrionCore

/// What a replica's checks say of it, from one process' start to its end: outcomes go in, what changed comes out.
///
/// It waits for the first pass; `failureThreshold` failures in a row make it unhealthy, waiting or not, and a pass ends
/// that. Failures of checks that began within the start period do not count, until a pass has ended it.
package struct HealthMachine: Hashable, Sendable {
    /// What an outcome changed, as far as anyone need know.
    package enum Event: Hashable, Sendable {
        /// It is healthy, and was not before.
        case passed
        /// It is not healthy yet: why, where that is other than before.
        case waiting(String)
        /// It is unhealthy, and was not before.
        case failed(String)
    }

    private enum State: Hashable {
        case waiting, healthy, unhealthy
    }

    private let failureThreshold: Int
    private let startPeriodEnd: ContinuousClock.Instant
    private var state: State
    private var failures = 0
    private var reason: String?

    /// Whether no check has passed yet.
    package var isWaiting: Bool { state == .waiting }

    /// - Parameter hasPassed: what is known of it from before, by an earlier agent or an earlier check.
    package init(_ check: HealthCheck, startPeriodEnd: ContinuousClock.Instant, hasPassed: Bool) {
        failureThreshold = max(1, check.failureThreshold)
        self.startPeriodEnd = startPeriodEnd
        state = hasPassed ? .healthy : .waiting
    }

    /// A check has ended that began at `begun`.
    package mutating func ended(_ outcome: HealthOutcome, begun: ContinuousClock.Instant) -> Event? {
        switch outcome {
        case .passed:
            failures = 0
            reason = nil
            defer { state = .healthy }
            return state == .healthy ? nil : .passed
        case .failed(let message):
            if state != .waiting || begun >= startPeriodEnd { failures += 1 }
            if failures >= failureThreshold, state != .unhealthy {
                state = .unhealthy
                let inARow = failures > 1 ? " (\(failures) failed checks in a row)" : ""
                return .failed(message + inARow)
            }
            guard state == .waiting, reason != message else { return nil }
            reason = message
            return .waiting(message)
        }
    }
}
