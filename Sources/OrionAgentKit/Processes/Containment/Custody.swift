import Synchronization

/// Whether the replicas of a data directory are this agent's to end: until it lets go of them, since from then on they may
/// be those of the next agent.
final class Custody: Sendable {
    private let isHeld = Mutex(true)

    /// Lets go. Returns once nothing is being killed any more.
    func end() {
        isHeld.withLock { $0 = false }
    }

    /// Calls `body`, for the time of which nobody lets go; nil if that has been done before.
    func whileHeld<Result: Sendable>(_ body: () -> Result) -> Result? {
        isHeld.withLock { $0 ? body() : nil }
    }
}
