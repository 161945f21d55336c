internal import Dispatch
internal import GRDB
internal import Glibc
public import OrionCore
internal import Synchronization

/// The state in an SQLite file: a commit is in the file, past the disk's caches, before it returns.
///
/// One connection in WAL mode with `synchronous=FULL`; reads of the running cluster never come here.
public final class SQLiteStore: StateStore {
    /// The file that is used where none is named; its directory is made.
    public static let defaultPath = ".orion/state.sqlite"

    /// The file, absolute.
    public let path: String

    private let queue: DatabaseQueue
    private let files: FileIdentity
    private let lock: Mutex<FileLock?>

    init(path: String, queue: DatabaseQueue, files: FileIdentity, lock: FileLock) {
        self.path = path
        self.queue = queue
        self.files = files
        self.lock = Mutex(lock)
    }

    /// Reads every record in one transaction.
    public func load() async throws(StoreError) -> StoredState {
        try await perform { database in
            var state: StoredState?
            try database.inTransaction(.deferred) {
                state = try StateReader(database).read()
                return .commit
            }
            guard let state else { throw RowError("nothing could be read") }
            return state
        }
    }

    /// Writes all changes in one transaction; durable on return.
    public func commit(_ changes: [StateChange]) async throws(StoreError) {
        try await transaction { database in try StateWriter(database).write(changes) }
    }

    /// Raises a counter that nobody reads: durable on return.
    public func probe() async throws(StoreError) {
        try await transaction { database in try StateWriter(database).touch() }
    }

    /// Brings the file up to date, removes the files beside it and lets another process have it.
    public func close() async {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                // What a failing close leaves in the WAL is found by the next one to open it.
                self.lock.withLock { lock in
                    try? self.queue.close()
                    lock = nil
                }
                continuation.resume()
            }
        }
    }

    private func transaction(_ body: @escaping @Sendable (Database) throws -> Void) async throws(StoreError) {
        let (files, path) = (files, path)
        try await perform { database in
            try files.check()
            var isCommitting = false
            do {
                try database.inTransaction(.immediate) {
                    try body(database)
                    isCommitting = true
                    return .commit
                }
            } catch let error as DatabaseError where isCommitting {
                throw StoreError(ofCommit: error, path: path, errno: errno)
            }
        }
    }

    /// Runs on the connection's queue; a cancelled task does not interrupt it.
    private func perform<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(StoreError) -> Value {
        guard lock.withLock({ $0 != nil }) else { throw StoreError(.closed, "\(path) was closed") }
        let path = path
        let result: Result<Value, StoreError> = await withCheckedContinuation { continuation in
            queue.asyncWriteWithoutTransaction { database in
                // SQLite says what failed and not why; the system's reason is still there when it returns.
                errno = 0
                let result = Result { try body(database) }
                continuation.resume(
                    returning: result.mapError { StoreError($0, path: path, errno: errno) })
            }
        }
        return try result.get()
    }
}
