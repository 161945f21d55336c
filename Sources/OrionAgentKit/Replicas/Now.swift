import Dispatch
import Glibc
package import OrionCore

/// The present: for durations, and for people.
package struct Now: Hashable, Sendable {
    /// Runs through suspend, and is never set.
    package var instant: ContinuousClock.Instant
    package var timestamp: Timestamp

    package init(instant: ContinuousClock.Instant, timestamp: Timestamp) {
        self.instant = instant
        self.timestamp = timestamp
    }

    /// By the clocks of this machine.
    static func read() -> Now {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        let milliseconds = Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
        return Now(instant: ContinuousClock.now, timestamp: Timestamp(milliseconds: milliseconds))
    }
}

extension Duration {
    /// Longer than any agent lives; more would overflow the arithmetic of clocks.
    private static let longestSeconds = 10.0 * 365 * 24 * 3600

    /// A number of seconds from a configuration: what is no number, or is negative, is none; what is absurd is ten years.
    static func seconds(clamped seconds: Double) -> Duration {
        .seconds(seconds.isNaN ? 0 : min(max(0, seconds), longestSeconds))
    }

    /// Rounded towards zero; ten years are a tenth of what fits.
    var nanoseconds: Int64 {
        components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
    }
}

extension DispatchTime {
    /// The time after a wait that begins now; where that is negative, it is over.
    static func after(_ wait: Duration) -> DispatchTime { .now() + .nanoseconds(Int(max(0, wait.nanoseconds))) }
}
