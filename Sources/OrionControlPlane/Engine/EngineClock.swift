package import OrionScheduler

/// The control plane's own clock: it follows the machine's, and stands still while the control plane does, so that a
/// control plane that was stopped, or waited long for its disk, does not take its own absence for the agents'.
///
/// The engine ticks at least each `tickNanoseconds` while it works. From one tick to the next the clock moves by
/// `longestStepNanoseconds` at most, and so it never goes back.
package struct EngineClock {
    /// How often an idle engine ticks.
    package static let tickNanoseconds: Int64 = 250_000_000
    /// What a tick may be late without being a standstill, and the tick itself.
    static let longestStepNanoseconds: Int64 = 500_000_000
    /// Standstills remembered, for `instant(secondsAgo:)`: more than fit into the longest silence that matters.
    private static let standstillsKept = 256

    private struct Standstill {
        let start: Int64
        let end: Int64
    }

    private var lastTick: Int64
    private var lastInstant = Instant.start
    private var standstills: [Standstill] = []

    /// Starts at `raw`, nanoseconds of the machine's monotonic clock.
    package init(raw: Int64) { lastTick = raw }

    /// The time at `raw`, which is not before the last tick.
    package func now(raw: Int64) -> Instant {
        let elapsed = min(max(raw - lastTick, 0), Self.longestStepNanoseconds)
        return Instant(nanoseconds: lastInstant.nanoseconds + elapsed)
    }

    /// The time that it was `seconds` before `raw`, by the machine's clock.
    package func instant(secondsAgo seconds: Double, raw: Int64) -> Instant {
        let past = raw - Int64(max(0, min(seconds, 1e9)) * 1e9)
        guard past < lastTick else { return now(raw: past) }
        var elapsed = lastTick - past
        for standstill in standstills.reversed() {
            guard standstill.end > past else { break }
            elapsed -= standstill.end - max(standstill.start, past)
        }
        return Instant(nanoseconds: lastInstant.nanoseconds - elapsed)
    }

    /// The engine is at work.
    package mutating func tick(raw: Int64) {
        let stop = lastTick + Self.longestStepNanoseconds
        if raw > stop {
            standstills.append(Standstill(start: stop, end: raw))
            if standstills.count > Self.standstillsKept { standstills.removeFirst() }
        }
        lastInstant = now(raw: raw)
        lastTick = max(lastTick, raw)
    }
}
