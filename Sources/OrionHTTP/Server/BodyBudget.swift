import Synchronization

/// The memory that all bodies of a server's requests share, so that many clients cannot take together what none could
/// take alone.
final class BodyBudget: Sendable {
    private let limitBytes: Int
    private let usedBytes = Mutex(0)

    init(limitBytes: Int) {
        self.limitBytes = limitBytes
    }

    /// False where there is no room for so many bytes more.
    func take(_ bytes: Int) -> Bool {
        usedBytes.withLock { used in
            guard used + bytes <= limitBytes else { return false }
            used += bytes
            return true
        }
    }

    func give(back bytes: Int) {
        usedBytes.withLock { $0 -= bytes }
    }
}
