package import OrionCore

/// What a ledger holds: the last word on each replica.
package struct LedgerContents: Equatable, Sendable {
    package var records: [ReplicaID: LedgerRecord] = [:]
    package var retired: [ReplicaID: RetiredReplica] = [:]
    /// What could not be read, each with the reason, for the log.
    package var damage: [String] = []

    package init() {}

    /// Reads a whole ledger. A last line without an end is what a crash cut off, and was never relied on.
    init(bytes: [UInt8]) {
        var specifications: [Int: SharedSpecification] = [:]
        let newline = UInt8(ascii: "\n")
        let whole = bytes.lastIndex(of: newline).map { bytes[...$0] } ?? []
        for (index, line) in whole.split(separator: newline, omittingEmptySubsequences: false).enumerated()
        where !line.isEmpty {
            do throws(OrionError) {
                try take(Array(line), &specifications)
            } catch {
                damage.append("line \(index + 1): \(error.message)")
            }
        }
    }

    /// Takes the next entry: the last word on its replica.
    package mutating func take(_ entry: LedgerEntry) {
        switch entry {
        case .replica(let record):
            records[record.id] = record
        case .retired(let replica):
            records[replica.id] = nil
            retired[replica.id] = replica
        case .removed(let id):
            records[id] = nil
            retired[id] = nil
        }
    }

    private mutating func take(_ line: [UInt8], _ specifications: inout [Int: SharedSpecification]) throws(OrionError) {
        guard case .object(let members) = try OrionJSON.parse(line), let (kind, value) = members.first,
            members.count == 1
        else { throw OrionError(.invalid, "not an entry of a ledger") }
        switch kind {
        case "replica":
            let line = try OrionJSON.read(LedgerRecord.Line.self, from: value)
            guard let specification = specifications[line.specification] else {
                throw OrionError(.invalid, "replica \(line.id) has no specification")
            }
            take(.replica(LedgerRecord(line, specification: specification)))
        case "retired":
            take(.retired(try OrionJSON.read(RetiredReplica.self, from: value)))
        case "removed":
            take(.removed(try OrionJSON.read(ReplicaID.self, from: value)))
        case "specification":
            let entry = try OrionJSON.read(NumberedSpecification.self, from: value)
            specifications[entry.number] = SharedSpecification(entry.value)
        default:
            break
        }
    }
}

/// A specification and the number by which later lines refer to it.
private struct NumberedSpecification: JSONReadable {
    var number: Int
    var value: ServiceSpecification

    static func read(_ value: JSONValue, by reader: JSONReader) -> NumberedSpecification? {
        var result: NumberedSpecification?
        let isObject = reader.members(of: value) { fields in
            guard let number = fields.required("number", Int.self),
                let specification = fields.required("value", ServiceSpecification.self)
            else { return }
            result = NumberedSpecification(number: number, value: specification)
        }
        return isObject ? result : nil
    }
}
