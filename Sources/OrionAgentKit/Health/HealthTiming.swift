import OrionCore

/// When the checks of one replica are due: a pure function of its process' start, so that nothing drifts, whoever asks
/// and however late a check was.
///
/// One is due each interval, at a place within it that the replica's id decides: those of many replicas that began at one
/// instant, or were adopted at one, do not fall together. In the start period, where failures do not count, they are due
/// sooner: 0.1 s after the start, then at distances that double up to the interval, so that a replica is ready about as
/// soon as its program is.
struct HealthTiming: Hashable, Sendable {
    /// The first check of a start period is due so long after the start.
    private static let firstStepNanoseconds: Int64 = 100_000_000
    /// `health.intervalSeconds` is at least 0.1; an agent's message may say anything.
    private static let shortestIntervalNanoseconds: Int64 = 10_000_000

    let start: ContinuousClock.Instant
    private let intervalNanoseconds: Int64
    private let startPeriodNanoseconds: Int64
    /// Less than the interval.
    private let phaseNanoseconds: Int64

    /// The end of the start period.
    var startPeriodEnd: ContinuousClock.Instant { start + .nanoseconds(startPeriodNanoseconds) }

    init(_ check: HealthCheck, of id: ReplicaID, start: ContinuousClock.Instant) {
        self.start = start
        intervalNanoseconds = max(
            Self.shortestIntervalNanoseconds, Duration.seconds(clamped: check.intervalSeconds).nanoseconds)
        startPeriodNanoseconds = Duration.seconds(clamped: check.startPeriodSeconds).nanoseconds
        phaseNanoseconds = Int64(Self.spread(id) % UInt64(intervalNanoseconds))
    }

    /// The first instant after `instant` at which a check is due.
    ///
    /// - Parameter isWaiting: whether the replica has not passed one yet.
    func due(after instant: ContinuousClock.Instant, isWaiting: Bool) -> ContinuousClock.Instant {
        let elapsed = max(0, (instant - start).nanoseconds)
        let regular = self.regular(after: elapsed)
        guard isWaiting, let early = early(after: elapsed), early < regular else {
            return start + .nanoseconds(regular)
        }
        return start + .nanoseconds(early)
    }

    private func regular(after elapsed: Int64) -> Int64 {
        guard elapsed >= phaseNanoseconds else { return phaseNanoseconds }
        return phaseNanoseconds + ((elapsed - phaseNanoseconds) / intervalNanoseconds + 1) * intervalNanoseconds
    }

    /// 0.1, 0.3, 0.7, 1.5 s and so on, for as long as the distance is below the interval and the start period lasts.
    private func early(after elapsed: Int64) -> Int64? {
        var step = Self.firstStepNanoseconds
        var due = step
        while step < intervalNanoseconds, due < startPeriodNanoseconds {
            if due > elapsed { return due }
            step *= 2
            due += step
        }
        return nil
    }

    /// FNV-1a of the id, mixed: ids that differ in their last character alone lie far apart.
    private static func spread(_ id: ReplicaID) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in id.rawValue.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        hash = (hash ^ (hash >> 33)) &* 0xff51_afd7_ed55_8ccd
        return hash ^ (hash >> 33)
    }
}
