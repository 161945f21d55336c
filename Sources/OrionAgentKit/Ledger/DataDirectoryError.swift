/// Why an agent cannot use its data directory.
struct DataDirectoryError: Error, Hashable, CustomStringConvertible {
    enum Code: Hashable, Sendable {
        /// Another agent runs on it; its process id, where it could be read.
        case held(pid: Int32?)
        /// `node-id` holds something else than an id.
        case damagedNodeID
        /// The file system refused; `errno` says why.
        case io(errno: Int32)
    }

    let code: Code
    /// One sentence for a person: what was wrong, where, and what to do.
    let message: String

    var description: String { message }

    static func io(_ number: Int32, _ action: String) -> DataDirectoryError {
        DataDirectoryError(code: .io(errno: number), message: "\(action): \(describe(errno: number))")
    }
}
