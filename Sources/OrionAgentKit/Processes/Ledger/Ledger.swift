import FoundationEssentials
import Glibc

/// What runs, or ran, on this node: a folder per replica, which outlives the agent.
///
/// `Record` is whatever an agent has to know again after a crash. Calls block on the disk.
struct Ledger<Record: Codable & Sendable>: Sendable {
    /// The directory that holds the folders.
    let path: String

    /// The folder of a replica, which need not exist.
    func folder(_ id: String) throws(LedgerError) -> ReplicaFolder {
        guard ReplicaFolder.isValid(id: id) else {
            let shown = String(id.prefix(ReplicaFolder.maximumIDLength)).debugDescription
            throw LedgerError(
                code: .invalidID, message: "\(shown) is no replica id: a to z, 0 to 9 and -, 1 to 80 characters")
        }
        return ReplicaFolder(id: id, path: path + "/" + id)
    }

    /// Every replica that has a folder, by id. A record that cannot be read is reported, never fatal.
    func entries() throws(LedgerError) -> [LedgerEntry<Record>] {
        guard let names = FileTree.names(in: path) else {
            let number = errno
            if number == ENOENT { return [] }
            throw .io(number, "cannot list the replicas in \(path)")
        }
        return names.filter(ReplicaFolder.isValid).sorted().map { id in
            let folder = ReplicaFolder(id: id, path: path + "/" + id)
            return LedgerEntry(folder: folder, content: content(of: folder))
        }
    }

    /// Writes a record, and makes the folder where it is missing. It is on disk on return.
    func write(_ record: Record, to folder: ReplicaFolder) throws(LedgerError) {
        let bytes: Data
        do {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            bytes = try encoder.encode(record)
        } catch {
            throw LedgerError(code: .notEncodable, message: "the record of \(folder.id) cannot be encoded: \(error)")
        }
        let file = DurableFile(path: folder.recordPath)
        var number = file.replace(with: bytes)
        if number == ENOENT {
            guard FileTree.make(folder.path, mode: 0o700) else { throw .io(errno, "cannot make \(folder.path)") }
            number = DurableFile.flushDirectory(of: folder.path)
            if number == 0 { number = file.replace(with: bytes) }
        }
        guard number == 0 else { throw .io(number, "cannot write \(folder.recordPath)") }
    }

    /// Removes a replica's folder with its output, the record first: a crash half-way leaves a folder without one.
    func remove(_ folder: ReplicaFolder) throws(LedgerError) {
        guard FileTree.remove(folder.recordPath), FileTree.remove(folder.path) else {
            throw .io(errno, "cannot remove \(folder.path)")
        }
    }

    private func content(of folder: ReplicaFolder) -> LedgerEntry<Record>.Content {
        guard let bytes = DurableFile(path: folder.recordPath).read() else {
            let number = errno
            if number == ENOENT {
                return access(folder.damagedRecordPath, F_OK) == 0 ? .damaged("set aside by an earlier agent") : .missing
            }
            return damaged(folder, describe(errno: number))
        }
        do {
            return .record(try JSONDecoder().decode(Record.self, from: Data(bytes)))
        } catch {
            return damaged(folder, "\(error)")
        }
    }

    private func damaged(_ folder: ReplicaFolder, _ reason: String) -> LedgerEntry<Record>.Content {
        // Where even this fails, the next start reports it again.
        rename(folder.recordPath, folder.damagedRecordPath)
        return .damaged("\(folder.recordPath) cannot be read: \(reason)")
    }
}
