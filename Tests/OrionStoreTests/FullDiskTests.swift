import Glibc
import OrionCore
import OrionStore
import Testing

@Suite struct FullDiskTests {
    @Test func refusesWhileFullAndHealsByItself() async throws {
        let folder = try TestFolder()
        let writer = try Writer(in: folder)
        #expect(try await writer.reply(to: "commit 1") == "ok commit 1")
        try folder.write([], to: "full")
        #expect(try await writer.reply(to: "commit 2") == "full commit 2")
        #expect(try await writer.reply(to: "probe") == "full probe")
        unlink(folder.file("full"))
        #expect(try await writer.reply(to: "probe") == "ok probe")
        #expect(try await writer.reply(to: "commit 3") == "ok commit 3")
        #expect(writer.child.kill() & 0x7f == 9)
        let store = try SQLiteStore.open(path: writer.state)
        let state = try await store.load()
        #expect(state.replicas.map(\.generation) == [1, 3])
        #expect(state.cluster.revision == 3)
        await store.close()
    }

    @Test func doesNotOpenOnAFullDisk() async throws {
        let folder = try TestFolder()
        try folder.write([], to: "full")
        let writer = try Writer(in: folder)
        try await eventually { !folder.text("replies").isEmpty }
        #expect(folder.text("replies") == "full open\n")
        #expect(writer.child.wait() == 74 << 8)
        unlink(folder.file("full"))
        let store = try SQLiteStore.open(path: writer.state)
        #expect(try await store.load().cluster.clusterId.count == 32)
        await store.close()
    }
}
