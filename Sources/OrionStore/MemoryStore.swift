internal import Glibc
public import OrionCore
internal import Synchronization

/// A store that lasts as long as it is held: for `memory:`, for tests, for trying things out.
///
/// It survives `close`, so that a second control plane can be started from it. Agents keep their records longer than it
/// lasts, and every one of these stores has the same cluster id: so its fences begin at the milliseconds since 1970, and
/// no id is given that an earlier one gave, as long as none places a thousand replicas a second all its life.
public final class MemoryStore: StateStore {
    /// The id of every cluster that is not kept.
    public static let clusterId = "memory"

    private let image: Mutex<StateImage>

    /// An empty store.
    public init() {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        let milliseconds = UInt64(max(0, now.tv_sec)) * 1_000 + UInt64(now.tv_nsec) / 1_000_000
        var cluster = StoredCluster(clusterId: MemoryStore.clusterId)
        cluster.lastFence = Fence(rawValue: milliseconds)
        image = Mutex(StateImage(cluster: cluster))
    }

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
