/// Why a record could not be written, listed or removed.
struct LedgerError: Error, Hashable, CustomStringConvertible {
    enum Code: Hashable, Sendable {
        /// A replica id that cannot be a file name.
        case invalidID
        /// A record that has no form on disk, as a number that is not finite.
        case notEncodable
        /// The file system refused; `errno` says why.
        case io(errno: Int32)
    }

    let code: Code
    /// One sentence for a person, which names the path and the reason.
    let message: String

    var description: String { message }

    static func io(_ number: Int32, _ action: String) -> LedgerError {
        LedgerError(code: .io(errno: number), message: "\(action): \(describe(errno: number))")
    }
}
