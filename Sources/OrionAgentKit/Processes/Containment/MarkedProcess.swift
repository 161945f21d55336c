import COrionSpawn
import Glibc

/// A process in whose environment stands that it is of a replica of this agent: what the replica's program has started
/// inherits that, whatever group or session it has gone to. One that was given another environment is not found.
struct MarkedProcess: Hashable, Sendable {
    let pid: Int32
    let replica: String
    /// Whether it is of a health check of the replica.
    var isCheck = false

    /// All there are, but for this process and its children at their gate, which show its environment still. Costs a walk
    /// over all processes, some 10 µs for each.
    ///
    /// One that forks while the walk passes is found, or its child is, since numbers ascend as the walk does; where
    /// they have come round, the child of a parent that ends at that very moment may be missed.
    static func all(
        of mark: AgentMark, in folder: String = ProcessTable.folder
    ) throws(ProcessTable.Unreadable) -> [MarkedProcess] {
        var buffer: [UInt8] = []
        var found: [MarkedProcess] = []
        for pid in try ProcessTable.pids(in: folder) where !isOfAgent(pid) {
            if let process = try find(pid, mark, in: folder, &buffer) { found.append(process) }
        }
        return found
    }

    /// Ends it, and nobody else: through a descriptor, after which the mark is read again. If the number has come to
    /// a stranger before, that has no such mark; if it does so later, the descriptor stands for the dead one.
    func kill(_ mark: AgentMark) throws(ProcessTable.Unreadable) {
        let number = orion_pidfd_open(pid)
        guard number >= 0 else {
            if let unreadable = ProcessTable.Unreadable(ofOne: errno) { throw unreadable }
            return
        }
        let pidfd = Descriptor(owning: number)
        var buffer: [UInt8] = []
        // In this order: what is past its gate never comes back to it.
        guard !Self.isOfAgent(pid), try Self.find(pid, mark, in: ProcessTable.folder, &buffer) == self else { return }
        _ = orion_pidfd_signal(pidfd.number, SIGKILL, false)
    }

    /// An agent may have been started by a replica of its own, and have its mark.
    private static func isOfAgent(_ pid: Int32) -> Bool {
        pid == getpid() || GatedProcess.isWaiting(pid)
    }

    /// What the environment of a process says beside the mark; nil without that and a replica, or where it may not be
    /// seen.
    private static func find(
        _ pid: Int32, _ mark: AgentMark, in folder: String, _ buffer: inout [UInt8]
    ) throws(ProcessTable.Unreadable) -> MarkedProcess? {
        guard let count = ProcessFile.read("\(folder)/\(pid)/environ", into: &buffer) else {
            if let unreadable = ProcessTable.Unreadable(ofOne: errno) { throw unreadable }
            return nil
        }
        let replicaPrefix = Array("ORION_REPLICA_ID=".utf8)
        let markEntry = Array("\(AgentMark.variable)=\(mark.value)".utf8)
        let checkEntry = Array("\(Launcher.checkVariable)=true".utf8)
        return buffer.withUnsafeBytes { bytes in
            var replica: String?
            var isMarked = false
            var isCheck = false
            var rest = bytes[..<count]
            while !rest.isEmpty {
                let end = rest.firstIndex(of: 0) ?? rest.endIndex
                let entry = rest[rest.startIndex..<end]
                if entry.elementsEqual(markEntry) { isMarked = true }
                if entry.elementsEqual(checkEntry) { isCheck = true }
                if entry.starts(with: replicaPrefix) {
                    replica = String(decoding: entry.dropFirst(replicaPrefix.count), as: UTF8.self)
                }
                rest = rest[min(end + 1, rest.endIndex)...]
            }
            guard isMarked, let replica else { return nil }
            return MarkedProcess(pid: pid, replica: replica, isCheck: isCheck)
        }
    }
}
