import OrionCore
import OrionStore
import Testing

@Suite struct MemoryStoreTests {
    /// All of them are the cluster `memory`, whose agents may still hold records of an earlier one.
    @Test func itsFencesBeginAfterThoseOfEarlierOnes() async throws {
        let first = try await MemoryStore().load().cluster
        // Milliseconds since 1970, between 2020 and 2100.
        #expect((1_600_000_000_000..<4_102_444_800_000).contains(first.lastFence.rawValue))
        #expect(try await MemoryStore().load().cluster.lastFence >= first.lastFence)
        #expect(first.clusterId == "memory")
    }
}
