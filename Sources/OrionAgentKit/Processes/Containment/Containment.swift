import Dispatch
import Logging
import OrionCore
import Synchronization

/// What keeps the processes of a replica together, so that none of them outlives it: a cgroup where there may be any,
/// else the mark in its environment.
///
/// The process group comes first: its members get the signal and the grace period. This is for what has left it.
final class Containment: Sendable {
    let mark: AgentMark

    private let root: CgroupRoot?
    private let custody = Custody()
    private let sweep: MarkSweep
    /// Of the replicas that run, or are being cleared away.
    private let cgroups = Mutex<[ReplicaID: Cgroup]>([:])

    /// For the agents on one data directory. Without a root there are no cgroups.
    init(mark: AgentMark, root: CgroupRoot?) {
        self.mark = mark
        self.root = root
        sweep = MarkSweep(mark: mark, custody: custody)
    }

    /// With cgroups if this agent may have any; if not, that is said once.
    static func find(mark: AgentMark, logger: Logger) -> Containment {
        do throws(CgroupRoot.Unavailable) {
            return Containment(mark: mark, root: try CgroupRoot.find(mark: mark))
        } catch {
            logger.info(
                "No cgroups: what leaves its replica's process group is known by its environment alone.",
                metadata: ["reason": "\(error.reason)"])
            return Containment(mark: mark, root: nil)
        }
    }

    /// The cgroup that a process of a replica is to be started in; nil without cgroups.
    func cgroup(for id: ReplicaID) throws(SpawnError) -> Cgroup? {
        guard let root else { return nil }
        let cgroup = try Cgroup.make(root.path(of: id.rawValue))
        cgroups.withLock { $0[id] = cgroup }
        return cgroup
    }

    /// The cgroup that a replica has; nil without one.
    func knownCgroup(of id: ReplicaID) -> Cgroup? {
        cgroups.withLock { $0[id] }
    }

    /// Ends the health checks that an earlier agent on this data directory has left running. Before this one begins any.
    func endChecks() throws(ProcessTable.Unreadable) {
        for process in try MarkedProcess.all(of: mark) where process.isCheck { try process.kill(mark) }
    }

    /// Finds the cgroup of a replica again that an earlier agent has started; that need not have had any.
    ///
    /// - Parameter process: its process, where that was found alive.
    func adopt(_ id: ReplicaID, _ process: WatchedProcess?) {
        guard let root else { return }
        let cgroup =
            if let process {
                root.cgroup(of: process.identity.pid, replica: id.rawValue)
            } else {
                Cgroup(path: root.path(of: id.rawValue))
            }
        if let cgroup { cgroups.withLock { $0[id] = cgroup } }
    }

    /// Kills what is left of a replica, and calls `body`, once, on `queue`, when that is nothing.
    ///
    /// - Parameter hasRun: whether its program may have run; without a cgroup it is searched for only then.
    func clear(_ id: ReplicaID, hasRun: Bool, on queue: DispatchQueue, _ body: @escaping @Sendable () -> Void) {
        if let cgroup = cgroups.withLock({ $0.removeValue(forKey: id) }) {
            cgroup.clear(on: queue, custody: custody, body)
        } else if hasRun {
            sweep.clear(id.rawValue) { queue.async(execute: body) }
        } else {
            queue.async(execute: body)
        }
    }

    /// Kills nothing any more, from before this returns: what is left to be cleared is for the next agent.
    func letGo() {
        custody.end()
    }

    /// Ends the processes that were started as a replica by an earlier agent on this data directory, if it is none of
    /// `live`: what a damaged or lost ledger leaves. Nobody would ever stop them, and their replacement runs already.
    func endStrays(
        except live: Set<ReplicaID>, on queue: DispatchQueue
    ) throws(ProcessTable.Unreadable) -> [StrayReplica] {
        let marked = try MarkedProcess.all(of: mark).filter { !live.contains(ReplicaID(rawValue: $0.replica)) }
        var strays: [StrayReplica] = []
        for id in root.flatMap({ FileTree.names(in: $0.path) }) ?? [] where !live.contains(ReplicaID(rawValue: id)) {
            guard let root, let cgroup = Cgroup(path: root.path(of: id)) else { continue }
            strays += cgroup.members.map { StrayReplica(id: id, pid: $0) }
            cgroup.clear(on: queue, custody: custody) {}
        }
        for id in Set(marked.map(\.replica)) { sweep.clear(id) {} }
        return Array(Set(strays).union(marked.map { StrayReplica(id: $0.replica, pid: $0.pid) }))
    }
}
