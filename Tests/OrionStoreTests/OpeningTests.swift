import GRDB
import Glibc
import OrionCore
import Testing

@testable import OrionStore

@Suite struct OpeningTests {
    let folder: TestFolder
    var path: String { folder.file("state.sqlite") }

    init() throws { folder = try TestFolder() }

    /// Why it cannot be opened; the error says where.
    func refusal(_ path: String? = nil) -> StoreError.Code? {
        let path = path ?? self.path
        do {
            _ = try SQLiteStore.open(path: path)
            return nil
        } catch {
            #expect(error.message.contains(folder.path))
            return error.code
        }
    }

    func makeState() async throws {
        let store = try SQLiteStore.open(path: path)
        try await store.commit(
            (1...50).map {
                .configuration(StoredConfiguration(name: "\($0)", document: .init(repeating: 7, count: 9_000)))
            })
        await store.close()
    }

    func edit(_ sql: String) throws {
        let queue = try DatabaseQueue(path: path)
        try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
        try queue.close()
    }

    @Test func heldByAnother() async throws {
        let store = try SQLiteStore.open(path: path)
        symlink(path, folder.file("link"))
        do {
            _ = try SQLiteStore.open(path: folder.file("link"))
            Issue.record("opened twice")
        } catch {
            #expect(error.code == .heldByAnother)
            #expect(error.message.contains("(process \(getpid()))"))
        }
        await store.close()
        #expect(refusal(folder.file("link")) == nil)
    }

    /// Under its other name nobody would see that the file is locked.
    @Test func refusesASecondName() async throws {
        try await makeState()
        #expect(link(path, folder.file("other")) == 0)
        #expect(refusal() == .heldByAnother)
        #expect(refusal(folder.file("other")) == .heldByAnother)
        unlink(path)
        #expect(refusal(folder.file("other")) == nil)
    }

    @Test(arguments: ["", "-wal", ".lock"]) func acknowledgesNothingInAFileThatIsGone(_ suffix: String) async throws {
        let store = try SQLiteStore.open(path: path)
        let file = path + suffix
        #expect(rename(file, file + ".away") == 0)
        await #expect(throws: StoreError.self) { try await store.probe() }
        await #expect(throws: StoreError.self) { try await store.commit([]) }
        #expect(rename(file + ".away", file) == 0)
        try await store.probe()
        await store.close()
    }

    @Test func leavesWhatIsNoDatabase() throws {
        try folder.write(Array("apiVersion: orion/v1\nkind: Config\n".utf8), to: "state.sqlite")
        #expect(refusal() == .notADatabase)
        try folder.write([1], to: "state.sqlite")
        #expect(refusal() == .notADatabase)
        #expect(folder.read("state.sqlite") == [1])
        #expect(refusal(folder.path) == .notADatabase)
        // Nobody ever writes to it: to read from it would wait for ever.
        #expect(mkfifo(folder.file("pipe"), 0o600) == 0)
        #expect(refusal(folder.file("pipe")) == .notADatabase)
    }

    @Test func leavesAnothersDatabase() throws {
        try edit("CREATE TABLE theirs (id INTEGER)")
        let before = folder.read("state.sqlite")
        #expect(refusal() == .notOrion)
        #expect(folder.read("state.sqlite") == before)
        #expect(!folder.exists("state.sqlite-wal"))
    }

    @Test func leavesANewerVersion() async throws {
        try await makeState()
        try edit("PRAGMA user_version = 99")
        #expect(refusal() == .newerVersion)
    }

    @Test func takesAnEmptyFileForNew() async throws {
        try folder.write([], to: "state.sqlite")
        #expect(refusal() == nil)
    }

    @Test func takesADatabaseThatWasOnlyBegunForNew() throws {
        try edit("PRAGMA journal_mode = WAL")
        #expect(folder.read("state.sqlite").count > 0)
        #expect(refusal() == nil)
    }

    @Test func noticesDamage() async throws {
        try await makeState()
        let whole = folder.read("state.sqlite")
        var noticed = 0
        for page in 1..<whole.count / 4096 where page % 7 == 1 {
            var bytes = whole
            for index in page * 4096..<page * 4096 + 200 { bytes[index] ^= 0x5A }
            try folder.write(bytes, to: "state.sqlite")
            let code = refusal()
            #expect(code == .damaged || code == nil, "page \(page)")
            if code == .damaged { noticed += 1 }
        }
        // What overwrites a document is not noticed: SQLite keeps no checksums.
        #expect(noticed > 0)
        try folder.write(Array(whole.prefix(whole.count / 2)), to: "state.sqlite")
        #expect(refusal() == .damaged)
        try folder.write(whole, to: "state.sqlite")
        try edit("DROP TABLE replica")
        #expect(refusal() == .damaged)
    }

    @Test func noticesAWordThatNoVersionWrote() async throws {
        try await makeState()
        try edit(
            """
            INSERT INTO replica (id, service, node, generation, fence, intent, state, is_known, restarts, created_at)
            VALUES ('a', 'a', 'a', 1, 1, 'run', 'dreaming', 0, 0, 0)
            """)
        let store = try SQLiteStore.open(path: path)
        await #expect {
            _ = try await store.load()
        } throws: {
            ($0 as? StoreError)?.code == .damaged
        }
    }

    @Test func needsADirectory() {
        #expect(refusal(folder.file("none/state.sqlite")) == .directoryMissing)
    }

    @Test func migratesAndKeepsTheOldFile() async throws {
        try await makeState()
        let steps =
            SQLiteSchema.current.steps + [
                { database, _ in try database.execute(sql: "CREATE TABLE later (id INTEGER) STRICT") }
            ]
        let store = try SQLiteStore.open(path: path, schema: SQLiteSchema(steps: steps))
        #expect(try await store.load().configurations.count == 50)
        await store.close()
        #expect(refusal() == .newerVersion)
        rename(folder.file("state.sqlite.version-\(SQLiteSchema.current.version)"), path)
        let old = try SQLiteStore.open(path: path)
        #expect(try await old.load().configurations.count == 50)
        await old.close()
    }

    @Test func aServiceOfTheFirstVersionHasProvedWhatWasComplete() async throws {
        let first = try SQLiteStore.open(path: path, schema: SQLiteSchema(steps: [SQLiteSchema.current.steps[0]]))
        await first.close()
        try edit("INSERT INTO service VALUES ('web', 'id', 'default', 3, 2, 0, 5, 6)")
        try edit("INSERT INTO generation VALUES ('web', 2, 2, 5, x'7b7d'), ('web', 3, 3, 6, x'7b7d')")
        let store = try SQLiteStore.open(path: path)
        let service = try #require(try await store.load().services.first)
        #expect(service.generation == 3 && service.observedGeneration == 2 && service.provenGeneration == 2)
        #expect(service.firstGeneration == 1)
        #expect(try await store.load().generations.map(\.ending) == [RolloutEnding(.complete), nil])
        #expect(service.createdAt.milliseconds == 5 && service.updatedAt.milliseconds == 6)
        await store.close()
    }

    @Test func aMigrationThatFailsChangesNothing() async throws {
        try await makeState()
        let steps =
            SQLiteSchema.current.steps + [
                { database, _ in
                    try database.execute(sql: "DROP TABLE replica")
                    throw DatabaseError(resultCode: .SQLITE_FULL)
                }
            ]
        #expect(throws: StoreError.self) {
            try SQLiteStore.open(path: path, schema: SQLiteSchema(steps: steps))
        }
        #expect(refusal() == nil)
    }

    @Test func refusesAfterClosing() async throws {
        let store = try SQLiteStore.open(path: path)
        await store.close()
        await store.close()
        await #expect {
            try await store.commit([])
        } throws: {
            ($0 as? StoreError)?.code == .closed
        }
        #expect(!folder.exists("state.sqlite-wal"))
    }

    @Test func closingWhileCommitting() async throws {
        let store = try SQLiteStore.open(path: path)
        let taken = await withTaskGroup(of: Int?.self) { tasks in
            for number in 1...100 {
                tasks.addTask {
                    if number == 50 { await store.close() }
                    let record = StoredConfiguration(name: "\(number)", document: [])
                    do {
                        try await store.commit([.configuration(record)])
                        return number
                    } catch {
                        return nil
                    }
                }
            }
            return await tasks.reduce(into: Set<Int>()) { if let number = $1 { $0.insert(number) } }
        }
        #expect(!taken.contains(50))
        let again = try SQLiteStore.open(path: path)
        #expect(Set(try await again.load().configurations.compactMap { Int($0.name) }) == taken)
        await again.close()
    }

    @Test func aCancelledTaskDoesNotInterruptACommit() async throws {
        let store = try SQLiteStore.open(path: path)
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await store.commit([.removeNode("none")])
        }
        try await task.value
        await store.close()
    }
}
