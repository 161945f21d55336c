import OrionStore
import OrionTesting
import Testing

@Suite struct ConformanceTests {
    @Test(arguments: StateStoreConformance.Check.allCases)
    func memory(_ check: StateStoreConformance.Check) async throws {
        let store = MemoryStore()
        try await StateStoreConformance { store }.run(check)
    }

    @Test(arguments: StateStoreConformance.Check.allCases)
    func sqlite(_ check: StateStoreConformance.Check) async throws {
        let folder = try TestFolder()
        let seed = UInt64.random(in: 0...UInt64.max)
        try await StateStoreConformance { try SQLiteStore.open(path: folder.file("state.sqlite")) }.run(
            check, seed: seed)
    }

    @Test func faultyStoreThatDoesNotFail() async throws {
        let store = FaultyStore(MemoryStore())
        try await StateStoreConformance { store }.run(.randomHistory)
        #expect(store.commits == 200)
    }
}
