import GRDB
import GRDBSQLite
import OrionCore

/// Reads the columns of a row, one after the other.
struct RowReader {
    private let statement: SQLiteStatement
    private var index: CInt = 0

    private init(_ statement: SQLiteStatement) { self.statement = statement }

    /// Every row of a query, each turned into a record.
    static func all<Record>(
        _ database: Database, _ sql: String, _ read: (inout RowReader) throws -> Record
    ) throws -> [Record] {
        let statement = try database.cachedStatement(sql: sql).sqliteStatement
        defer { sqlite3_reset(statement) }
        var records: [Record] = []
        while true {
            let result = sqlite3_step(statement)
            if result == SQLITE_DONE { return records }
            guard result == SQLITE_ROW else {
                throw DatabaseError(resultCode: ResultCode(rawValue: result), message: database.lastErrorMessage)
            }
            var row = RowReader(statement)
            records.append(try read(&row))
        }
    }

    mutating func text() -> String {
        let column = next()
        guard let bytes = sqlite3_column_text(statement, column) else { return "" }
        let count = Int(sqlite3_column_bytes(statement, column))
        return String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
    }

    mutating func optionalText() -> String? { isNull() ? nil : text() }

    mutating func id<ID: OrionIdentifier>(_ type: ID.Type = ID.self) -> ID { ID(rawValue: text()) }

    mutating func optionalID<ID: OrionIdentifier>(_ type: ID.Type = ID.self) -> ID? { isNull() ? nil : id(type) }

    mutating func bytes() -> [UInt8] {
        let column = next()
        guard let start = sqlite3_column_blob(statement, column) else { return [] }
        return Array(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, column))))
    }

    mutating func integer() -> Int { Int(long()) }

    mutating func optionalInteger() -> Int? { isNull() ? nil : integer() }

    mutating func long() -> Int64 { sqlite3_column_int64(statement, next()) }

    mutating func boolean() -> Bool { long() != 0 }

    mutating func time() -> Timestamp { Timestamp(milliseconds: long()) }

    mutating func optionalTime() -> Timestamp? { isNull() ? nil : time() }

    mutating func fence() -> Fence { Fence(rawValue: UInt64(bitPattern: long())) }

    mutating func optionalReal() -> Double? { isNull() ? nil : sqlite3_column_double(statement, next()) }

    /// One of a fixed set of words.
    mutating func word<Word: RawRepresentable<String>>(_ type: Word.Type) throws -> Word {
        let text = text()
        guard let word = Word(rawValue: text) else { throw RowError("\"\(text)\" is no \(type)") }
        return word
    }

    /// A JSON object of which `element` turns each value into what it is to be.
    mutating func map<Element>(_ element: (JSONValue) -> Element?) throws -> [String: Element] {
        guard let text = optionalText() else { return [:] }
        guard let value = try? OrionJSON.parse(Array(text.utf8)), case .object(let members) = value else {
            throw RowError("\"\(text)\" is no JSON object")
        }
        return try members.mapValues { member in
            guard let element = element(member) else { throw RowError("\"\(text)\" holds another sort of value") }
            return element
        }
    }

    /// A value as JSON, or null.
    mutating func json<Value: JSONReadable>(_ type: Value.Type) throws -> Value? {
        guard let text = optionalText() else { return nil }
        guard let value = try? OrionJSON.decode(type, from: Array(text.utf8)) else {
            throw RowError("\"\(text)\" is no \(type)")
        }
        return value
    }

    /// Whether the column that is next is null; passes over it if so.
    private mutating func isNull() -> Bool {
        guard sqlite3_column_type(statement, index) == SQLITE_NULL else { return false }
        index += 1
        return true
    }

    private mutating func next() -> CInt {
        defer { index += 1 }
        return index
    }
}

/// A column that holds what no version of Orion wrote there.
struct RowError: Error {
    let message: String
    init(_ message: String) { self.message = message }
}
