import OrionCore
import OrionStore

/// A store of one's own: here in memory, and it prints what it is given.
final class PrintingStore: StateStore {
    private let store = MemoryStore()

    func load() async throws(StoreError) -> StoredState { try await store.load() }

    func commit(_ changes: [StateChange]) async throws(StoreError) {
        for change in changes { print("stored:", "\(change)".prefix(100)) }
        try await store.commit(changes)
    }

    func probe() async throws(StoreError) {}

    func close() async {}
}
