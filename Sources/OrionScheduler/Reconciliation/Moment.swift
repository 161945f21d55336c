public import OrionCore

/// The time of a step: by the clock that durations are measured on, and by the one that people read.
public struct Moment: Hashable, Sendable {
    /// For deadlines and durations.
    public var monotonic: Instant
    /// For records.
    public var wall: Timestamp

    /// A time.
    public init(monotonic: Instant, wall: Timestamp) {
        self.monotonic = monotonic
        self.wall = wall
    }
}
