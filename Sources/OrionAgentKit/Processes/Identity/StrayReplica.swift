import COrionSpawn
import Glibc

/// A process that was started as a replica of this node, and that no record names: what a damaged or lost ledger leaves. Nobody
/// would ever stop it, and its replacement runs already.
struct StrayReplica: Sendable {
    let id: String
    let pid: Int32

    /// Ends those whose replica has one of `folders`, with their groups. Costs a walk over all processes.
    ///
    /// An id alone says little: another agent on this machine, of another cluster, may have given the same one. So the
    /// output of the process must go to the folder, too.
    static func kill(_ folders: [ReplicaFolder]) -> [StrayReplica] {
        guard !folders.isEmpty else { return [] }
        let folders = Dictionary(folders.map { ($0.id, $0) }) { first, _ in first }
        return ProcessTable.all().compactMap { status in
            guard status.session == status.pid, !status.isZombie,
                let id = ProcessEnvironment.value(of: "ORION_REPLICA_ID", in: status.pid), let folder = folders[id]
            else { return nil }
            let identity = ProcessIdentity(
                pid: status.pid, startTicks: status.startTicks, bootID: ProcessIdentity.bootID)
            guard case .adopted(let process) = identity.adopt(), writes(status.pid, to: folder) else { return nil }
            process.killGroup()
            return StrayReplica(id: id, pid: status.pid)
        }
    }

    private static func writes(_ pid: Int32, to folder: ReplicaFolder) -> Bool {
        target(pid, STDOUT_FILENO) == folder.stdoutPath || target(pid, STDERR_FILENO) == folder.stderrPath
    }

    private static func target(_ pid: Int32, _ descriptor: Int32) -> String? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) { buffer in
            guard let start = buffer.baseAddress else { return nil }
            let count = readlink("/proc/\(pid)/fd/\(descriptor)", start, buffer.count)
            guard count > 0 else { return nil }
            return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }
}
