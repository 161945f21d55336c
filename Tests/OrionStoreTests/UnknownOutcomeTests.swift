import Glibc
import OrionCore
import OrionStore
import Testing

/// The disk takes a commit and cannot say that it has it.
@Suite struct UnknownOutcomeTests {
    @Test func saysSoAndTheSameCommitSettlesIt() async throws {
        let folder = try TestFolder()
        let writer = try Writer(in: folder)
        #expect(try await writer.reply(to: "commit 1") == "ok commit 1")
        try folder.write([], to: "unsynced")
        for _ in 1...3 { #expect(try await writer.reply(to: "commit 2") == "unknownOutcome commit 2") }
        unlink(folder.file("unsynced"))
        #expect(try await writer.reply(to: "commit 2") == "ok commit 2")
        #expect(try await writer.reply(to: "commit 3") == "ok commit 3")
        #expect(writer.child.kill() & 0x7f == 9)
        try await expect([1, 2, 3], in: writer.state)
    }

    /// Why it must be said: it was refused, and it is there.
    @Test func mayHaveBeenTaken() async throws {
        let folder = try TestFolder()
        let writer = try Writer(in: folder)
        #expect(try await writer.reply(to: "commit 1") == "ok commit 1")
        try folder.write([], to: "unsynced")
        #expect(try await writer.reply(to: "commit 2") == "unknownOutcome commit 2")
        #expect(writer.child.kill() & 0x7f == 9)
        try await expect([1, 2], in: writer.state)
    }

    private func expect(_ numbers: [Int], in path: String) async throws {
        let store = try SQLiteStore.open(path: path)
        let state = try await store.load()
        await store.close()
        #expect(state.replicas.map(\.generation) == numbers)
        #expect(state.cluster.revision == Int64(numbers.count))
    }
}
