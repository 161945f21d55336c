import OrionCore

/// Which check of which replica is due when, for all replicas of an agent. It knows no clock, socket or process.
///
/// At most `maximumRunning` run at a time, and of what is due then, the longest overdue is next: replicas that are slow to
/// answer delay the others by no more than (replicas / `maximumRunning`) timeouts. A replica has one check at a time:
/// what falls due meanwhile is left out, and the next is due when it would have been anyway. Where more falls due than can
/// be done, one may be left out more often than another; but as long as checks end in the order in which they began, none
/// is checked more than twice between two checks of another.
struct HealthSchedule: Sendable {
    /// Enough for 1,000 replicas that take 0.3 s to answer each 5 s; few enough that as many commands, each a process or
    /// more, do not swamp a machine.
    static let maximumRunning = 64

    /// One look at one replica.
    struct Check: Hashable, Sendable {
        let replica: ReplicaID
        /// No two checks have the same.
        let number: Int
    }

    private struct Entry {
        let timing: HealthTiming
        /// The check that runs now.
        var running: Check?
    }

    private let maximumRunning: Int
    private var entries: [ReplicaID: Entry] = [:]
    private var queue = DueQueue()
    /// Those that run, of replicas that are gone too: until they end they hold their place.
    private var running: Set<Check> = []
    private var lastNumber = 0

    init(maximumRunning: Int = HealthSchedule.maximumRunning) {
        self.maximumRunning = maximumRunning
    }

    /// Checks that run now.
    var runningCount: Int { running.count }

    /// When `begin` has something to say; nil where only the end of a check can change that.
    var nextDue: ContinuousClock.Instant? {
        running.count < maximumRunning ? queue.first?.due : nil
    }

    /// Checks a replica from now on, by this timing instead of the one before; O(log n).
    mutating func add(_ id: ReplicaID, _ timing: HealthTiming, isWaiting: Bool, now: ContinuousClock.Instant) {
        entries[id] = Entry(timing: timing)
        queue.set(id, due: timing.due(after: now, isWaiting: isWaiting))
    }

    /// Checks a replica no more; O(log n).
    ///
    /// - Returns: the check that runs still, to be ended.
    mutating func remove(_ id: ReplicaID) -> Check? {
        queue.remove(id)
        return entries.removeValue(forKey: id)?.running
    }

    /// The checks to begin now, the longest overdue first, as far as there is room; O(log n) for each.
    mutating func begin(_ now: ContinuousClock.Instant) -> [Check] {
        var checks: [Check] = []
        while running.count < maximumRunning, let (id, due) = queue.first, due <= now {
            queue.remove(id)
            lastNumber += 1
            let check = Check(replica: id, number: lastNumber)
            entries[id]?.running = check
            running.insert(check)
            checks.append(check)
        }
        return checks
    }

    /// Whether a check is the one that runs for its replica: not of one that is gone, or is checked otherwise meanwhile.
    func isCurrent(_ check: Check) -> Bool {
        entries[check.replica]?.running == check
    }

    /// A check has ended, which makes room; the next of its replica is due by the timing, after now; O(log n).
    mutating func ended(_ check: Check, isWaiting: Bool, now: ContinuousClock.Instant) {
        running.remove(check)
        guard isCurrent(check), let timing = entries[check.replica]?.timing else { return }
        entries[check.replica]?.running = nil
        queue.set(check.replica, due: timing.due(after: now, isWaiting: isWaiting))
    }
}
