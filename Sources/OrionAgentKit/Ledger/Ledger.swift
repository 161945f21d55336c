import Glibc
import OrionCore

/// What runs, or ran, on this node, written down so that the next agent knows it: `<data-dir>/ledger`, one JSON object a
/// line, the last word on a replica counts.
///
/// A specification is written once for all the replicas that share it. Confined to its owner's executor, but for the
/// flushes of its file.
struct Ledger {
    /// A ledger is rewritten when it has grown this much and to eight times what it needs: 4,000 replicas take some 2 MiB.
    static let rewriteBytes: Int64 = 1024 * 1024

    private let file: LedgerFile
    private var specifications = NumberedSpecifications()
    /// Bytes after the last rewrite.
    private var neededBytes: Int64

    /// Reads what an earlier agent has left at `path`, and starts the file anew with what counts of it. A file of which
    /// something could not be read is kept beside it.
    static func open(_ path: String) throws(LedgerError) -> (ledger: Ledger, contents: LedgerContents) {
        let old = DurableFile(path: path).read(limit: LedgerFile.maximumBytes)
        guard old != nil || errno == ENOENT else { throw .io(errno, "cannot read \(path)") }
        let contents = LedgerContents(bytes: old ?? [])
        if let old, !contents.damage.isEmpty {
            // Without it nobody could find out what is missing: better not to start.
            let copy = DurableFile(path: path + ".damaged")
            let number = copy.replace(with: old)
            guard number == 0 else {
                throw .io(number, "the ledger \(path) is damaged, and cannot be kept as \(copy.path)")
            }
        }
        var specifications = NumberedSpecifications()
        let bytes = lines(contents, &specifications)
        let ledger = Ledger(
            file: try LedgerFile.create(path, bytes: bytes), specifications: specifications,
            neededBytes: Int64(bytes.count))
        return (ledger, contents)
    }

    /// Writes an entry; 0, or an errno, after which only `rewrite` goes on.
    mutating func write(_ entry: LedgerEntry) -> Int32 {
        var bytes: [UInt8] = []
        Self.append(entry, to: &bytes, &specifications)
        return file.append(bytes)
    }

    /// Whether the file has grown so long that `rewrite` is due.
    var hasGrown: Bool { file.size >= max(Self.rewriteBytes, neededBytes * 8) }

    /// Starts the file anew with what counts.
    mutating func rewrite(_ contents: LedgerContents) throws(LedgerError) {
        var specifications = NumberedSpecifications()
        let bytes = Self.lines(contents, &specifications)
        try file.rewrite(bytes)
        self.specifications = specifications
        neededBytes = Int64(bytes.count)
    }

    /// Calls `body`, on some queue, once all that was written is on disk; with 0 or an errno.
    func whenDurable(_ body: @escaping @Sendable (Int32) -> Void) {
        file.whenDurable(body)
    }

    private static func lines(_ contents: LedgerContents, _ specifications: inout NumberedSpecifications) -> [UInt8] {
        var bytes: [UInt8] = []
        for record in contents.records.values { append(.replica(record), to: &bytes, &specifications) }
        for replica in contents.retired.values { append(.retired(replica), to: &bytes, &specifications) }
        return bytes
    }

    private static func append(
        _ entry: LedgerEntry, to bytes: inout [UInt8], _ specifications: inout NumberedSpecifications
    ) {
        switch entry {
        case .replica(let record): append(record, to: &bytes, &specifications)
        case .retired(let replica): bytes += line("retired", OrionJSON.encode(replica))
        case .removed(let id): bytes += line("removed", OrionJSON.encode(id))
        }
    }

    private static func append(
        _ record: LedgerRecord, to bytes: inout [UInt8], _ specifications: inout NumberedSpecifications
    ) {
        let (number, isNew) = specifications.number(of: record.specification)
        if isNew {
            bytes += line(
                "specification",
                Array(#"{"number":\#(number),"value":"#.utf8) + record.specification.json + [UInt8(ascii: "}")])
        }
        bytes += line("replica", OrionJSON.encode(record.line(specification: number)))
    }

    private static func line(_ kind: String, _ json: [UInt8]) -> [UInt8] {
        Array(#"{"\#(kind)":"#.utf8) + json + Array("}\n".utf8)
    }
}

/// The numbers of the specifications that the file has already.
private struct NumberedSpecifications {
    private var numbers: [ObjectIdentifier: (number: Int, specification: SharedSpecification)] = [:]

    /// The number of a specification, and whether it was given just now.
    mutating func number(of specification: SharedSpecification) -> (Int, isNew: Bool) {
        if let known = numbers[ObjectIdentifier(specification)] { return (known.number, false) }
        let number = numbers.count
        // Held, so that its address does not come to another.
        numbers[ObjectIdentifier(specification)] = (number, specification)
        return (number, true)
    }
}
