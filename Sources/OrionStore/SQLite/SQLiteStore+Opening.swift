internal import GRDB
internal import Glibc
internal import OrionCore

extension SQLiteStore {
    /// Opens a state file, and makes it where there is none; the directory must be there, but for the default's.
    ///
    /// Nothing is changed in a file that turns out not to be Orion's, to be damaged or to be newer. Reading all of it to
    /// find out costs about a second for a gigabyte.
    public static func open(path: String = defaultPath) throws(StoreError) -> SQLiteStore {
        try open(path: path, schema: .current)
    }

    static func open(path: String, schema: SQLiteSchema) throws(StoreError) -> SQLiteStore {
        if path == defaultPath { try makeDirectory(of: path) }
        let path = try resolve(path)
        try FileIdentity.requireFileOfOneName(path)
        let lock = try FileLock.acquire(for: path)
        do {
            let version = try inspect(path, schema: schema)
            let queue = try connect(path)
            if version < schema.version {
                if version > 0 { try backUp(queue, to: "\(path).version-\(version)") }
                try queue.writeWithoutTransaction { database in
                    try schema.migrate(database, from: version, clusterId: RandomID.draw())
                }
                if version == 0 { try synchronizeDirectory(of: path) }
            }
            // Finds out now, and not at the first apply, that nothing can be written.
            try queue.writeWithoutTransaction { database in
                try database.inTransaction(.immediate) {
                    try StateWriter(database).touch()
                    return .commit
                }
            }
            return SQLiteStore(path: path, queue: queue, files: try FileIdentity(of: path), lock: lock)
        } catch {
            throw StoreError(error, path: path)
        }
    }

    /// The version of the file, 0 for one that is missing or empty; throws for what must not be touched.
    private static func inspect(_ path: String, schema: SQLiteSchema) throws -> Int64 {
        guard try hasHeader(path) else { return 0 }
        var configuration = Configuration()
        configuration.readonly = true
        configuration.label = "orion-inspect"
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        defer { try? queue.close() }
        return try queue.read { database in
            try database.execute(sql: "PRAGMA trusted_schema = OFF")
            let application = try Int64.fetchOne(database, sql: "PRAGMA application_id") ?? 0
            let version = try Int64.fetchOne(database, sql: "PRAGMA user_version") ?? 0
            let tables = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_schema") ?? 0
            // A process that died while it made the file leaves an empty database.
            if application == 0, version == 0, tables == 0 { return 0 }
            guard application == SQLiteSchema.applicationID else {
                throw StoreError(
                    .notOrion, "\(path) is the database of another program: name another file, or move that one away")
            }
            guard version <= schema.version else {
                throw StoreError(
                    .newerVersion,
                    "\(path) was written by a later version of Orion (format \(version), this one knows \(schema.version)): "
                        + "run that version, or restore the copy that it made beside the file")
            }
            let findings = try String.fetchAll(database, sql: "PRAGMA quick_check(1)")
            guard findings == ["ok"] else {
                throw StoreError.damaged(path, findings.first ?? "the check found nothing")
            }
            try schema.check(database, version: version)
            return version
        }
    }

    /// Whether there is a file that begins as an SQLite database does; throws for any other that is not empty.
    private static func hasHeader(_ path: String) throws -> Bool {
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return false }
            throw StoreError.system(errno, "cannot open \(path)")
        }
        defer { Glibc.close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = Glibc.read(descriptor, &bytes, bytes.count)
        guard count >= 0 else { throw StoreError.system(errno, "cannot read \(path)") }
        if count == 0 { return false }
        guard count == 16, bytes == Array("SQLite format 3\0".utf8) else { throw StoreError.notADatabase(path) }
        return true
    }

    private static func connect(_ path: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.label = "orion-store"
        configuration.journalMode = .wal
        configuration.foreignKeysEnabled = false
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA trusted_schema = OFF")
        }
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.writeWithoutTransaction { database in
            // GRDB sets NORMAL while it opens, after `prepareDatabase`: a power cut would take acknowledged commits.
            try database.execute(sql: "PRAGMA synchronous = FULL")
            // What a single huge commit took is given back at the next checkpoint.
            try database.execute(sql: "PRAGMA journal_size_limit = 67108864")
            let synchronous = try Int.fetchOne(database, sql: "PRAGMA synchronous")
            let journal = try String.fetchOne(database, sql: "PRAGMA journal_mode")
            guard synchronous == 2, journal == "wal" else {
                throw StoreError(
                    .io,
                    "\(path) cannot be written durably (synchronous \(synchronous ?? -1), journal \(journal ?? "none")): "
                        + "put it on a local file system")
            }
        }
        return queue
    }

    private static func backUp(_ queue: DatabaseQueue, to copy: String) throws {
        guard unlink(copy) == 0 || errno == ENOENT else { throw StoreError.system(errno, "cannot replace \(copy)") }
        try queue.writeWithoutTransaction { database in
            try database.execute(sql: "VACUUM INTO ?", arguments: [copy])
        }
    }

    /// The file itself, wherever links lead, so that two names of one file are one lock.
    private static func resolve(_ path: String) throws(StoreError) -> String {
        if let resolved = canonical(path) { return resolved }
        let (directory, name) = split(path)
        guard let resolved = canonical(directory) else {
            let number = errno
            guard number != ENOENT else {
                throw StoreError(
                    .directoryMissing, "\(directory), where \(name) is to lie, does not exist: make it first")
            }
            throw .system(number, "cannot find \(directory)")
        }
        return resolved == "/" ? "/\(name)" : "\(resolved)/\(name)"
    }

    private static func canonical(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    private static func split(_ path: String) -> (directory: String, name: String) {
        guard let slash = path.lastIndex(of: "/") else { return (".", path) }
        let directory = String(path[..<slash])
        return (directory.isEmpty ? "/" : directory, String(path[path.index(after: slash)...]))
    }

    private static func makeDirectory(of path: String) throws(StoreError) {
        let directory = split(path).directory
        guard mkdir(directory, 0o700) == 0 || errno == EEXIST else {
            throw .system(errno, "cannot make the directory \(directory)")
        }
        try synchronizeDirectory(of: directory)
    }

    /// Makes the name of a new file or directory as durable as its contents.
    private static func synchronizeDirectory(of path: String) throws(StoreError) {
        let directory = split(path).directory
        let descriptor = Glibc.open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system(errno, "cannot open \(directory)") }
        defer { Glibc.close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .system(errno, "cannot write \(directory)") }
    }
}
