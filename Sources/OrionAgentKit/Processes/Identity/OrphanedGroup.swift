import COrionSpawn
import Glibc

/// What is left of the process group of a leader that ended while no agent was watching.
///
/// The leader's number stays taken for as long as its group has members, but no descriptor proves whose it is any more.
/// So a process counts as a member only if group and session bear that number, it is younger than the leader, and a
/// mark of the replica is in its environment. Each is signalled through a descriptor of its own, checked after opening.
struct OrphanedGroup: Sendable {
    let leader: ProcessIdentity
    /// An entry `NAME=value` of the environment that the leader was started with.
    let marker: String

    /// Whether no member is left. Costs a walk over all processes.
    func isEmpty() -> Bool {
        members().isEmpty
    }

    /// Sends SIGKILL to every member; what they fork meanwhile is for the next call.
    func kill() {
        for member in members() {
            let number = orion_pidfd_open(member.pid)
            guard number >= 0 else { continue }
            let pidfd = Descriptor(owning: number)
            guard let now = ProcessStatus(pid: member.pid), isMember(now) else { continue }
            _ = orion_pidfd_signal(pidfd.number, SIGKILL, false)
        }
    }

    private func members() -> [ProcessStatus] {
        guard leader.isOfThisBoot else { return [] }
        // The number has come to another leader: the group that it used to name is gone.
        if let holder = ProcessStatus(pid: leader.pid), holder.startTicks != leader.startTicks { return [] }
        return ProcessTable.members(ofGroup: leader.pid).filter(isMember)
    }

    private func isMember(_ status: ProcessStatus) -> Bool {
        status.group == leader.pid && status.session == leader.pid && status.pid != leader.pid
            && status.startTicks >= leader.startTicks && !status.isZombie
            && ProcessEnvironment.has(marker, in: status.pid)
    }
}

extension ProcessIdentity {
    /// The group that this process, found `gone`, has left behind; nil where nothing is left of it.
    func leftovers(marker: String) -> OrphanedGroup? {
        let group = OrphanedGroup(leader: self, marker: marker)
        return group.isEmpty() ? nil : group
    }
}
