public import OrionCore
internal import Synchronization

/// A store that lasts as long as it is held: for `memory:`, for tests, for trying things out.
///
/// It survives `close`, so that a second control plane can be started from it.
public final class MemoryStore: StateStore {
    /// The id of every cluster that is not kept.
    public static let clusterId = "memory"

    private let image = Mutex(StateImage(clusterId: MemoryStore.clusterId))

    /// An empty store.
    public init() {}

    /// The records, sorted by their keys.
    public func load() async throws(StoreError) -> StoredState { image.withLock { $0.state } }

    /// Takes the changes in.
    public func commit(_ changes: [StateChange]) async throws(StoreError) {
        image.withLock { $0.apply(changes) }
    }

    /// Always succeeds.
    public func probe() async throws(StoreError) {}

    /// Nothing to let go of.
    public func close() async {}
}
