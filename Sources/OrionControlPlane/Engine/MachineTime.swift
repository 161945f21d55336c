import Glibc
import OrionCore

/// The machine's clocks.
enum MachineTime {
    /// Nanoseconds of the monotonic clock, which stands still while the machine is suspended.
    static func monotonic() -> Int64 { read(CLOCK_MONOTONIC) }

    /// The wall clock.
    static func wall() -> Timestamp { Timestamp(milliseconds: read(CLOCK_REALTIME) / 1_000_000) }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
