import COrionSpawn
import Glibc

/// A process that was started as a replica of this node, and that no record names: what a damaged ledger leaves. Nobody
/// would ever stop it, and its replacement runs already.
struct StrayReplica: Sendable {
    let id: String
    let pid: Int32

    /// Ends those whose replica is one of `ids`, with their groups. Costs a walk over all processes.
    static func kill(_ ids: Set<String>) -> [StrayReplica] {
        guard !ids.isEmpty else { return [] }
        return ProcessTable.all().compactMap { status in
            guard status.session == status.pid, !status.isZombie,
                let id = ProcessEnvironment.value(of: "ORION_REPLICA_ID", in: status.pid), ids.contains(id)
            else { return nil }
            let identity = ProcessIdentity(
                pid: status.pid, startTicks: status.startTicks, bootID: ProcessIdentity.bootID)
            guard case .adopted(let process) = identity.adopt() else { return nil }
            process.killGroup()
            return StrayReplica(id: id, pid: status.pid)
        }
    }
}
