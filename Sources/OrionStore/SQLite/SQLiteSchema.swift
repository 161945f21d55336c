import GRDB

/// The tables, as a list of steps from each version of the file to the next; `PRAGMA user_version` says how many were taken.
///
/// A step that a release has shipped is never changed: later ones are added.
struct SQLiteSchema: Sendable {
    typealias Step = @Sendable (_ database: Database, _ clusterId: String) throws -> Void

    /// Marks a database as Orion's: `ORIO` in ASCII.
    static let applicationID: Int64 = 0x4F52_494F

    /// The schema that this version reads and writes.
    static let current = SQLiteSchema(steps: [createTables, addProvenGeneration, addHistory])

    let steps: [Step]

    var version: Int64 { Int64(steps.count) }

    /// Brings a database from `version` to the newest: all of it or nothing.
    func migrate(_ database: Database, from version: Int64, clusterId: String) throws {
        try database.inTransaction(.immediate) {
            for step in steps[Int(version)...] { try step(database, clusterId) }
            try database.execute(sql: "PRAGMA application_id = \(Self.applicationID)")
            try database.execute(sql: "PRAGMA user_version = \(self.version)")
            return .commit
        }
    }

    /// Throws where a database of `version` misses a table or a column.
    func check(_ database: Database, version: Int64) throws {
        let model = try DatabaseQueue()
        let expected = try model.writeWithoutTransaction { model in
            for step in steps[..<Int(version)] { try step(model, "") }
            return try Self.columns(model)
        }
        if let missing = expected.subtracting(try Self.columns(database)).min() {
            throw RowError("the column \(missing) is missing")
        }
    }

    private static func columns(_ database: Database) throws -> Set<String> {
        try String.fetchSet(
            database,
            sql: """
                SELECT tables.name || '.' || columns.name
                FROM sqlite_schema AS tables, pragma_table_info(tables.name) AS columns WHERE tables.type = 'table'
                """)
    }

    private static let createTables: Step = { database, clusterId in
        try database.execute(
            sql: """
                CREATE TABLE cluster (
                    id INTEGER PRIMARY KEY CHECK (id = 1),
                    cluster_id TEXT NOT NULL, revision INTEGER NOT NULL, last_fence INTEGER NOT NULL, cursor TEXT,
                    probes INTEGER NOT NULL DEFAULT 0
                ) STRICT;
                CREATE TABLE configuration (name TEXT PRIMARY KEY NOT NULL, document BLOB NOT NULL) STRICT;
                CREATE TABLE service (
                    name TEXT PRIMARY KEY NOT NULL, id TEXT NOT NULL, config TEXT NOT NULL,
                    generation INTEGER NOT NULL, observed_generation INTEGER NOT NULL, is_removing INTEGER NOT NULL,
                    created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL
                ) STRICT, WITHOUT ROWID;
                CREATE TABLE generation (
                    service TEXT NOT NULL, generation INTEGER NOT NULL, restart_from INTEGER NOT NULL,
                    created_at INTEGER NOT NULL, specification BLOB NOT NULL,
                    PRIMARY KEY (service, generation)
                ) STRICT;
                CREATE TABLE node (
                    id TEXT PRIMARY KEY NOT NULL, name TEXT NOT NULL, address TEXT NOT NULL, labels TEXT,
                    has_capacity INTEGER NOT NULL, cpu REAL, memory REAL,
                    is_schedulable INTEGER NOT NULL, is_draining INTEGER NOT NULL,
                    agent_version TEXT, protocol INTEGER, declared_by TEXT
                ) STRICT, WITHOUT ROWID;
                CREATE TABLE replica (
                    id TEXT PRIMARY KEY NOT NULL, service TEXT NOT NULL, node TEXT NOT NULL,
                    generation INTEGER NOT NULL, fence INTEGER NOT NULL, intent TEXT NOT NULL, state TEXT NOT NULL,
                    is_known INTEGER NOT NULL, restarts INTEGER NOT NULL, created_at INTEGER NOT NULL,
                    started_at INTEGER, ports TEXT, exit_code INTEGER, signal TEXT, message TEXT, replaces TEXT
                ) STRICT, WITHOUT ROWID;
                """)
        try database.execute(
            sql: "INSERT INTO cluster (id, cluster_id, revision, last_fence) VALUES (1, ?, 0, 0)",
            arguments: [clusterId])
    }

    /// What was complete has been ready; of what was not, nobody knows any more.
    private static let addProvenGeneration: Step = { database, _ in
        try database.execute(
            sql: """
                ALTER TABLE service ADD COLUMN proven_generation INTEGER NOT NULL DEFAULT 0;
                UPDATE service SET proven_generation = observed_generation;
                """)
    }

    /// Of what came before what was last complete, nobody knows any more how it ended.
    private static let addHistory: Step = { database, _ in
        try database.execute(
            sql: """
                ALTER TABLE service ADD COLUMN first_generation INTEGER NOT NULL DEFAULT 1;
                ALTER TABLE generation ADD COLUMN fields TEXT;
                ALTER TABLE generation ADD COLUMN undoes INTEGER;
                ALTER TABLE generation ADD COLUMN ending TEXT;
                UPDATE generation SET ending = '{"state":"complete"}' WHERE generation <= (
                    SELECT observed_generation FROM service WHERE service.name = generation.service);
                """)
    }
}
