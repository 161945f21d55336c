/// Why a store cannot be opened, read or written.
public struct StoreError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What programs decide by.
    public enum Code: String, Hashable, Sendable, CaseIterable {
        /// Another process uses it.
        case heldByAnother
        /// It was a store once, and cannot be read any more.
        case damaged
        /// It is something else than a database.
        case notADatabase
        /// It is a database of another program.
        case notOrion
        /// A later version of Orion wrote it.
        case newerVersion
        /// It cannot be written: a permission, or a file system that is mounted read-only.
        case readOnly
        /// There is no room.
        case full
        /// The directory that it is to lie in does not exist.
        case directoryMissing
        /// The disk, the file system or the network failed.
        case io
        /// Nobody can say whether a commit was taken: to be repeated until it was.
        case unknownOutcome
        /// It was closed before.
        case closed
    }

    /// What programs decide by.
    public var code: Code
    /// What is wrong, where, and the way out.
    public var message: String

    /// An error.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The message.
    public var description: String { message }
}
