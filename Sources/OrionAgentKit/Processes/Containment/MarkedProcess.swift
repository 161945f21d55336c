import COrionSpawn
import Glibc

/// A process in whose environment stands that it is of a replica of this agent: what the replica's program has started
/// inherits that, whatever group or session it has gone to. One that was given another environment is not found.
struct MarkedProcess: Hashable, Sendable {
    let pid: Int32
    let replica: String

    /// All there are, but for this process. Costs a walk over all processes, some 10 µs for each.
    ///
    /// One that forks while the walk passes is found, or its child is, since numbers ascend as the walk does; where
    /// they have come round, the child of a parent that ends at that very moment may be missed.
    static func all(of mark: AgentMark) -> [MarkedProcess] {
        var buffer: [UInt8] = []
        return ProcessTable.pids().compactMap { pid in
            // An agent may have been started by a replica of its own.
            guard pid != getpid(), let replica = replica(of: pid, mark, &buffer) else { return nil }
            return MarkedProcess(pid: pid, replica: replica)
        }
    }

    /// Ends it, and nobody else: through a descriptor, after which the mark is read again. If the number has come to
    /// a stranger before, that has no such mark; if it does so later, the descriptor stands for the dead one.
    func kill(_ mark: AgentMark) {
        let number = orion_pidfd_open(pid)
        guard number >= 0 else { return }
        let pidfd = Descriptor(owning: number)
        var buffer: [UInt8] = []
        guard Self.replica(of: pid, mark, &buffer) == replica else { return }
        _ = orion_pidfd_signal(pidfd.number, SIGKILL, false)
    }

    /// The replica that the environment of a process names beside the mark; nil without both, or where it may not be
    /// seen.
    private static func replica(of pid: Int32, _ mark: AgentMark, _ buffer: inout [UInt8]) -> String? {
        guard let count = ProcessFile.read("/proc/\(pid)/environ", into: &buffer), count > 0 else { return nil }
        let replicaPrefix = Array("ORION_REPLICA_ID=".utf8)
        let markEntry = Array("\(AgentMark.variable)=\(mark.value)".utf8)
        return buffer.withUnsafeBytes { bytes in
            var replica: String?
            var isMarked = false
            var rest = bytes[..<count]
            while !rest.isEmpty {
                let end = rest.firstIndex(of: 0) ?? rest.endIndex
                let entry = rest[rest.startIndex..<end]
                if entry.elementsEqual(markEntry) { isMarked = true }
                if entry.starts(with: replicaPrefix) {
                    replica = String(decoding: entry.dropFirst(replicaPrefix.count), as: UTF8.self)
                }
                rest = rest[min(end + 1, rest.endIndex)...]
            }
            return isMarked ? replica : nil
        }
    }
}
