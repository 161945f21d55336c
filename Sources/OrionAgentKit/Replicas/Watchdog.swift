import Glibc

/// A timer of the kernel's that kills this process unless it is put off in time, and with the process those that are bound to
/// it (`PR_SET_PDEATHSIG`): what stands still (SIGSTOP, a debugger, a frozen cgroup) ends nothing by itself, but SIGKILL ends
/// it.
final class Watchdog {
    /// Why there can be none.
    struct Unavailable: Error {
        let reason: String
    }

    /// As glibc has it, the number that the kernel gave it: the first of a process looks like nil.
    private let timer: timer_t?
    /// The clock that the timer runs on.
    let clock: clockid_t
    private(set) var deadline: ContinuousClock.Instant?

    /// One that waits for nothing yet; throws where the kernel gives no such timer, or would not kill us.
    init() throws(Unavailable) {
        guard getpid() != 1 else {
            throw Unavailable(reason: "process 1 cannot be killed: let an init start it")
        }
        // The latter does not run through suspend, but every kernel has it.
        for clock in [CLOCK_BOOTTIME, CLOCK_MONOTONIC] {
            var event = sigevent()
            event.sigev_notify = Int32(SIGEV_SIGNAL)
            event.sigev_signo = SIGKILL
            var timer: timer_t?
            guard timer_create(clock, &event, &timer) == 0 else { continue }
            (self.timer, self.clock) = (timer, clock)
            return
        }
        throw Unavailable(reason: describe(errno: errno))
    }

    deinit {
        timer_delete(timer)
    }

    /// Kills at that time, whatever was said before; nil: never.
    func set(_ deadline: ContinuousClock.Instant?) {
        guard deadline != self.deadline else { return }
        self.deadline = deadline
        var setting = itimerspec()
        if let deadline { setting.it_value = time(of: deadline) }
        // Fails for a time that is none, or a timer that is not ours.
        guard timer_settime(timer, Int32(TIMER_ABSTIME), &setting, nil) == 0 else {
            preconditionFailure("the watchdog cannot be set: \(describe(errno: errno))")
        }
    }

    /// Kills at that time, if not before.
    func limit(to deadline: ContinuousClock.Instant) {
        set(self.deadline.map { min($0, deadline) } ?? deadline)
    }

    /// The timer's clock is read first: where we are stopped between the two, it ends the sooner.
    private func time(of deadline: ContinuousClock.Instant) -> timespec {
        var now = timespec()
        clock_gettime(clock, &now)
        let nanoseconds = max(0, (deadline - ContinuousClock.now).nanoseconds) + Int64(now.tv_nsec)
        // All zeros would mean never: a clock that has begun is past them.
        return timespec(
            tv_sec: now.tv_sec + Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
    }
}
