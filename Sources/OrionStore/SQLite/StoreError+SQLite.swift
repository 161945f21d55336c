import GRDB
import Glibc

extension StoreError {
    /// A failure of SQLite, of the reader of its rows, or of the system, with the file it happened to. `errno` is the
    /// last error of the system, 0 for none: most likely the reason, and therefore told and not judged by.
    init(_ error: any Error, path: String, errno: CInt = 0) {
        switch error {
        case let error as StoreError: self = error
        case let error as RowError: self = .damaged(path, error.message)
        case let error as DatabaseError: self = .sqlite(error, path, errno)
        default: self.init(.io, "\(path): \(error)")
        }
    }

    /// A failure of COMMIT itself.
    ///
    /// SQLite has undone the transaction in memory, but its frames may stand in the WAL with their commit mark, on the
    /// disk or in the system's cache, and after a crash they count. Only where it gives up before it writes the mark are
    /// they known not to: for want of room (what fails later, at the synchronization, is an I/O error whatever its
    /// cause), of a lock, of the right to write, or for what the records say. Committing the same again settles it: the
    /// frames are written over, and each record is replaced or removed by its key.
    init(ofCommit error: DatabaseError, path: String, errno: CInt) {
        switch error.resultCode {
        case .SQLITE_FULL, .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_READONLY, .SQLITE_CONSTRAINT:
            self = .sqlite(error, path, errno)
        default:
            self.init(
                .unknownOutcome,
                "\(Self.sqlite(error, path, errno).message); whether the last change was written is not known, and it is "
                    + "written again until it is")
        }
    }

    private static func sqlite(_ error: DatabaseError, _ path: String, _ errno: CInt) -> StoreError {
        let reason = error.message ?? "SQLite error \(error.extendedResultCode.rawValue)"
        switch error.resultCode {
        case .SQLITE_FULL: return full(path)
        case .SQLITE_READONLY, .SQLITE_PERM: return readOnly(path, reason)
        case .SQLITE_CORRUPT, .SQLITE_ERROR, .SQLITE_MISMATCH, .SQLITE_CONSTRAINT: return damaged(path, reason)
        case .SQLITE_NOTADB: return notADatabase(path)
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            return StoreError(
                .heldByAnother, "\(path) is locked by another program (\(reason)): end that one, then try again")
        default:
            let code = error.extendedResultCode.rawValue
            let cause = errno == 0 ? "" : ", \(String(cString: strerror(errno)))"
            return StoreError(
                .io,
                "\(path) cannot be read or written (\(reason), SQLite error \(code)\(cause)): "
                    + "look at the disk and the system's log")
        }
    }

    /// A failure of a system call.
    static func system(_ number: CInt, _ what: String) -> StoreError {
        let reason = String(cString: strerror(number))
        switch number {
        case EACCES, EPERM, EROFS:
            return StoreError(
                .readOnly, "\(what) (\(reason)): make the directory and what is in it writable for this user")
        case ENOSPC, EDQUOT: return StoreError(.full, "\(what) (\(reason)): make room on that disk")
        case ENOENT, ENOTDIR: return StoreError(.directoryMissing, "\(what) (\(reason)): make its directory first")
        default: return StoreError(.io, "\(what) (\(reason)): look at the disk and the system's log")
        }
    }

    static func full(_ path: String) -> StoreError {
        StoreError(.full, "there is no room to write \(path): make room on that disk")
    }

    static func readOnly(_ path: String, _ reason: String) -> StoreError {
        StoreError(
            .readOnly, "\(path) cannot be written (\(reason)): make it, the files beside it and its directory writable")
    }

    static func damaged(_ path: String, _ reason: String) -> StoreError {
        StoreError(
            .damaged,
            "\(path) is damaged (\(reason)): put a backup in its place, "
                + "or move it and the files beside it away to begin anew")
    }

    static func notADatabase(_ path: String) -> StoreError {
        StoreError(.notADatabase, "\(path) is not an SQLite database: name another file, or move that one away")
    }
}
