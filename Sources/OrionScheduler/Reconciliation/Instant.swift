/// A point on the control plane's own monotonic clock, which stands still while the control plane does.
///
/// The engine owns the clock; everything here is given the time. A simulator gives whatever it likes.
public struct Instant: Hashable, Comparable, Sendable {
    /// Nanoseconds since the control plane started.
    public let nanoseconds: Int64

    /// Wraps nanoseconds since the start.
    public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// The start.
    public static let start = Instant(nanoseconds: 0)

    /// Later than everything.
    static let never = Instant(nanoseconds: .max)

    /// So many seconds later (or earlier, if negative); more than thirty years count as thirty.
    public func advanced(bySeconds seconds: Double) -> Instant {
        // Rounded by hand: `rounded()` would need the C mathematics library in whatever links this.
        let some = seconds.isNaN ? 0 : min(max(seconds, -1e9), 1e9) * 1e9
        return Instant(nanoseconds: nanoseconds + Int64(some + (some < 0 ? -0.5 : 0.5)))
    }

    /// Seconds from `earlier` to this.
    public func seconds(since earlier: Instant) -> Double {
        Double(nanoseconds - earlier.nanoseconds) / 1e9
    }

    /// The order in time.
    public static func < (left: Instant, right: Instant) -> Bool { left.nanoseconds < right.nanoseconds }
}
