/// A machine's monotonic clock: it runs a little fast or slow, and stands still while the machine is suspended.
struct SimulatedClock {
    /// How much it gains in a million.
    let drift: Int64
    /// When it shows nothing: each machine was started at another time.
    let start: Int64
    /// For how long it has stood still.
    private(set) var stoodStill: Int64 = 0

    init(drift: Int64, start: Int64) {
        self.drift = drift
        self.start = start
    }

    /// What it shows at the true time `now`.
    func reading(at now: Int64) -> Int64 { Self.drifting(now - start - stoodStill, drift) }

    /// What the machine's other clock shows, which runs through a suspension.
    func running(at now: Int64) -> Int64 { Self.drifting(now - start, drift) }

    private static func drifting(_ nanoseconds: Int64, _ drift: Int64) -> Int64 {
        nanoseconds + nanoseconds / 1_000_000 * drift
    }

    /// How long it takes until it has moved by `nanoseconds`.
    func trueDuration(of nanoseconds: Int64) -> Int64 {
        nanoseconds - nanoseconds / 1_000_000 * drift + 1_000
    }

    /// The machine was suspended for that long.
    mutating func stop(for nanoseconds: Int64) { stoodStill += nanoseconds }
}

extension Int64 {
    /// Seconds in nanoseconds.
    static func seconds(_ seconds: Double) -> Int64 { Int64(seconds * 1e9) }
}
