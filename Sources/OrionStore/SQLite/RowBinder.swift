import Foundation
import GRDB
import GRDBSQLite
import OrionCore

/// Fills the parameters of a prepared statement, one after the other, and runs it.
///
/// GRDB's own binding ends a string at its first NUL, so that two different ids could become one, and costs an array of
/// boxes for each row.
struct RowBinder {
    /// SQLITE_TRANSIENT, a macro that Swift does not import: the address −1 tells SQLite to copy, and is never called.
    private static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    private let statement: SQLiteStatement
    private let database: Database
    private var index: CInt = 0

    init(_ database: Database, _ sql: String) throws {
        self.database = database
        statement = try database.cachedStatement(sql: sql).sqliteStatement
    }

    mutating func key(_ id: some OrionIdentifier) throws { try key(id.rawValue) }

    /// A string that a record is found by. Strings that are equal to Swift must be one key to SQLite, which compares bytes.
    mutating func key(_ value: String) throws {
        let isASCII = value.utf8.allSatisfy { $0 < 0x80 }
        try text(isASCII ? value : value.precomposedStringWithCanonicalMapping)
    }

    mutating func text(_ value: String) throws {
        var value = value
        let (statement, index) = next()
        try check(
            value.withUTF8 { bytes in
                bytes.withMemoryRebound(to: CChar.self) { characters in
                    guard let start = characters.baseAddress else {
                        return sqlite3_bind_text(statement, index, "", 0, Self.transient)
                    }
                    return sqlite3_bind_text64(
                        statement, index, start, UInt64(characters.count), Self.transient, UInt8(SQLITE_UTF8))
                }
            })
    }

    mutating func text(_ value: String?) throws {
        if let value { try text(value) } else { try null() }
    }

    mutating func bytes(_ value: [UInt8]) throws {
        let (statement, index) = next()
        try check(
            value.withUnsafeBytes { bytes in
                guard let start = bytes.baseAddress, !bytes.isEmpty else {
                    return sqlite3_bind_zeroblob(statement, index, 0)
                }
                return sqlite3_bind_blob64(statement, index, start, UInt64(bytes.count), Self.transient)
            })
    }

    mutating func integer(_ value: Int64) throws {
        try check(sqlite3_bind_int64(statement, next().index, value))
    }

    mutating func integer(_ value: Int) throws { try integer(Int64(value)) }

    mutating func integer(_ value: Int?) throws {
        if let value { try integer(Int64(value)) } else { try null() }
    }

    mutating func boolean(_ value: Bool) throws { try integer(value ? 1 : 0) }

    mutating func time(_ value: Timestamp) throws { try integer(value.milliseconds) }

    mutating func time(_ value: Timestamp?) throws {
        if let value { try time(value) } else { try null() }
    }

    mutating func fence(_ value: Fence) throws { try integer(Int64(bitPattern: value.rawValue)) }

    /// SQLite keeps no NaN: it would come back as null, so it is written as that.
    mutating func real(_ value: Double?) throws {
        if let value, !value.isNaN {
            try check(sqlite3_bind_double(statement, next().index, value))
        } else {
            try null()
        }
    }

    /// A dictionary as a JSON object; an empty one as null, which most are.
    mutating func map(_ value: [String: some Encodable]) throws {
        try json(value.isEmpty ? nil : value)
    }

    /// A value as JSON, or null.
    mutating func json(_ value: (some Encodable)?) throws {
        if let value { try text(String(decoding: OrionJSON.encode(value), as: UTF8.self)) } else { try null() }
    }

    mutating func null() throws {
        try check(sqlite3_bind_null(statement, next().index))
    }

    /// Runs the statement, which returns no rows, and leaves it ready for the next.
    func run() throws {
        let result = sqlite3_step(statement)
        let message = result == SQLITE_DONE ? nil : database.lastErrorMessage
        sqlite3_reset(statement)
        guard result == SQLITE_DONE else {
            throw DatabaseError(resultCode: ResultCode(rawValue: result), message: message)
        }
    }

    private mutating func next() -> (statement: SQLiteStatement, index: CInt) {
        index += 1
        return (statement, index)
    }

    private func check(_ result: CInt) throws {
        guard result == SQLITE_OK else {
            throw DatabaseError(resultCode: ResultCode(rawValue: result), message: database.lastErrorMessage)
        }
    }
}
