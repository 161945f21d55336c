import Glibc
import OrionCore

/// An agent's own directory: its identity, its ledger, the output of its replicas. One agent at a time may use it.
final class DataDirectory: Sendable {
    /// Absolute, so that it means the same to a replica that runs elsewhere.
    let path: String

    /// The lock lies on this open file, and goes with the process however that ends.
    private let lock: Descriptor

    /// Where the ledger's folders are.
    var replicasPath: String { path + "/replicas" }

    private init(path: String, lock: Descriptor) {
        self.path = path
        self.lock = lock
    }

    /// Opens the directory, makes it (for its owner only) where it is missing, and locks it.
    static func open(_ path: String) throws(DataDirectoryError) -> DataDirectory {
        guard FileTree.make(path, mode: 0o700) else { throw .io(errno, "cannot make the data directory \(path)") }
        guard let resolved = realpath(path, nil) else { throw .io(errno, "cannot find the data directory \(path)") }
        defer { free(resolved) }
        let absolute = String(cString: resolved)
        let lockPath = absolute + "/lock"
        guard let lock = Descriptor.open(lockPath, O_RDWR | O_CREAT, mode: 0o600) else {
            throw .io(errno, "cannot open \(lockPath)")
        }
        guard flock(lock.number, LOCK_EX | LOCK_NB) == 0 else {
            throw errno == EWOULDBLOCK ? held(absolute, by: lock) : .io(errno, "cannot lock \(lockPath)")
        }
        let holder = Array("\(getpid())\n".utf8)
        guard ftruncate(lock.number, 0) == 0, pwrite(lock.number, holder, holder.count, 0) == holder.count else {
            throw .io(errno, "cannot write \(lockPath)")
        }
        return DataDirectory(path: absolute, lock: lock)
    }

    /// Lets another agent in: what is held of this one until its last timer has run out must not keep that waiting.
    func unlock() {
        flock(lock.number, LOCK_UN)
    }

    /// The node's identity: 32 hexadecimal digits, drawn once and kept in `node-id`.
    func nodeID() throws(DataDirectoryError) -> String {
        let file = DurableFile(path: path + "/node-id")
        if let bytes = file.read() {
            let id = String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
            guard ReplicaFolder.isValid(id: id) else {
                throw DataDirectoryError(
                    code: .damagedNodeID,
                    message:
                        "\(file.path) holds no node id: write the node's id there again, or remove the file for a new one"
                )
            }
            return id
        }
        guard errno == ENOENT else { throw .io(errno, "cannot read \(file.path)") }
        let id = RandomID.draw()
        let number = file.replace(with: Array((id + "\n").utf8))
        guard number == 0 else { throw .io(number, "cannot write \(file.path)") }
        return id
    }

    /// The cluster that the replicas here are of; nil where none was remembered.
    func cluster() -> String? {
        guard let bytes = clusterFile.read() else { return nil }
        let id = String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        return id.isEmpty ? nil : id
    }

    /// Remembers the cluster; nil, or an errno.
    func remember(cluster: String) -> Int32? {
        let number = clusterFile.replace(with: Array((cluster + "\n").utf8))
        return number == 0 ? nil : number
    }

    private var clusterFile: DurableFile { DurableFile(path: path + "/cluster-id") }

    private static func held(_ path: String, by lock: Descriptor) -> DataDirectoryError {
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = pread(lock.number, &bytes, bytes.count, 0)
        let pid = Int32(String(decoding: bytes[..<max(0, count)].prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self))
        return DataDirectoryError(
            code: .held(pid: pid),
            message: "another agent\(pid.map { " (process \($0))" } ?? "") uses the data directory \(path): "
                + "stop it, or give this one its own with --data-dir")
    }
}
