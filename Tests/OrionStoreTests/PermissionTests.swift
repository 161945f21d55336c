import Glibc
import OrionStore
import Testing

/// What a user meets who is not root.
@Suite struct PermissionTests {
    let folder: TestFolder

    init() throws { folder = try TestFolder() }

    func makeState() async throws {
        let store = try SQLiteStore.open(path: folder.file("state.sqlite"))
        await store.close()
    }

    /// What the writer says when it opens the state as another user.
    func opening() async throws -> String {
        let writer = try Writer(in: folder, user: 65_534)
        try writer.child.say("close")
        _ = writer.child.wait()
        return folder.text("replies")
    }

    @Test func aFileThatIsNotWritable() async throws {
        try await makeState()
        chmod(folder.file("state.sqlite"), 0o444)
        chmod(folder.file("state.sqlite.lock"), 0o666)
        chmod(folder.path, 0o777)
        #expect(try await opening() == "readOnly open\n")
    }

    @Test func aDirectoryThatIsNotWritable() async throws {
        try await makeState()
        chmod(folder.file("state.sqlite"), 0o666)
        chmod(folder.file("state.sqlite.lock"), 0o666)
        chmod(folder.path, 0o555)
        #expect(try await opening() == "readOnly open\n")
    }

    @Test func aDirectoryThatMayNotBeEntered() async throws {
        chmod(folder.path, 0o700)
        #expect(try await opening() == "readOnly open\n")
    }

    @Test func aFileOfItsOwn() async throws {
        chmod(folder.path, 0o777)
        #expect(try await opening() == "ok close\n")
    }
}
