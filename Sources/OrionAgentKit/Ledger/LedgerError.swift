/// Why the ledger could not be read or written: the file system refused.
struct LedgerError: Error, Hashable, CustomStringConvertible {
    /// One sentence for a person, which names the path and the reason.
    let message: String

    var description: String { message }

    static func io(_ number: Int32, _ action: String) -> LedgerError {
        LedgerError(message: "\(action): \(describe(errno: number))")
    }
}
