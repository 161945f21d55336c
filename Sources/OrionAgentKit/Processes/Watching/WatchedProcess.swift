import COrionSpawn
import Dispatch
import Glibc
import Synchronization

/// A replica's process, child or adopted: the leader of its session and process group.
///
/// No number can come to a stranger while we use it. The leader is held by a pidfd; where the kernel signals groups
/// through that too, nothing else is needed. Where it does not (before Linux 6.9), the zombie of a child is kept until
/// its group is empty, since a zombie's number is taken; of an adopted one, whose zombie is not ours to keep, no group is
/// known any more once that is gone, and what is left of it is for `Containment`.
final class WatchedProcess: Sendable {
    let identity: ProcessIdentity

    private let pidfd: Descriptor
    private let features: KernelFeatures
    private let ended: Mutex<ExitStatus?> = Mutex(nil)

    /// Takes over a pidfd that is known to stand for `identity`.
    init(_ identity: ProcessIdentity, pidfd: Descriptor, features: KernelFeatures = .current) {
        self.identity = identity
        self.pidfd = pidfd
        self.features = features
    }

    /// Calls `body` once, on `queue`, when the process has ended; at once if it has already.
    ///
    /// Other members of its group may be alive still.
    func onExit(on queue: DispatchQueue, _ body: @escaping @Sendable (ExitStatus) -> Void) {
        pidfd.whenReady(on: queue) { body(self.collect()) }
    }

    /// How the process ended, once it has.
    func exit(on queue: DispatchQueue) async -> ExitStatus {
        await pidfd.readable(on: queue)
        return collect()
    }

    /// Sends a signal to the process alone; false if it has ended.
    @discardableResult
    func signal(_ signal: Signal) -> Bool {
        orion_pidfd_signal(pidfd.number, signal.rawValue, false) == 0
    }

    /// Sends a signal to every process of the group; false if none is left to take it. May be called at any time.
    @discardableResult
    func signalGroup(_ signal: Signal) -> Bool {
        groupSignal(signal.rawValue) != ESRCH
    }

    /// Ends every process of the group, as SIGKILL does.
    @discardableResult
    func killGroup() -> Bool {
        signalGroup(.kill)
    }

    /// Whether the process and every other member of its group are gone.
    ///
    /// A few microseconds as a rule; where there are members, if only a zombie that its parent has not collected yet, or
    /// on a kernel without group signals, a walk over all processes of at most `age`.
    ///
    /// - Parameter thoroughly: whether to walk; without, a zombie counts as a member where the kernel signals groups.
    func isGroupEmpty(thoroughly: Bool = true, age: Duration = .zero) -> Bool {
        guard isDead else { return false }
        _ = collect()
        if features.groupSignals {
            if groupSignal(0) == ESRCH { return true }
            if !thoroughly { return false }
        }
        guard let members = try? ProcessTable.members(ofGroup: identity.pid, age: age) else { return false }
        // Whoever was there a moment ago has just been collected, or is hidden from us.
        if features.groupSignals, members.isEmpty { return groupSignal(0) == ESRCH }
        // Nothing proves that the group of this number is still ours.
        if !features.groupSignals, (try? holdsItsNumber()) == false { return true }
        if members.contains(where: { !$0.isZombie }) { return false }
        // Where we are process 1, nobody else collects what the leader has left behind.
        for zombie in members where zombie.pid != identity.pid && zombie.parent == getpid() {
            waitpid(zombie.pid, nil, WNOHANG)
        }
        reap()
        return true
    }

    /// Takes the zombie away if it is a child's. To be called when nobody will signal the group any more.
    func reap() {
        var status = orion_exit()
        _ = orion_child_exit(pidfd.number, true, &status)
    }

    private var isDead: Bool {
        if ended.withLock({ $0 != nil }) { return true }
        var events = pollfd(fd: pidfd.number, events: Int16(POLLIN), revents: 0)
        return poll(&events, 1, 0) > 0
    }

    /// Finds out how the dead process ended, and lets go of what the kernel keeps of it where that is safe.
    private func collect() -> ExitStatus {
        ended.withLock { ended in
            if let ended { return ended }
            let status = readExit()
            ended = status
            return status
        }
    }

    private func readExit() -> ExitStatus {
        var status = orion_exit()
        if orion_child_exit(pidfd.number, features.groupSignals, &status) == ORION_CHILD_ENDED {
            return ExitStatus(waitStatus: status.wait_status)
        }
        // Not a child. As long as its parent has not collected it, /proc tells; from then on the pidfd does.
        if let zombie = ProcessStatus(pid: identity.pid), zombie.startTicks == identity.startTicks, zombie.isZombie {
            return ExitStatus(waitStatus: zombie.waitStatus)
        }
        return orion_pidfd_exit(pidfd.number, &status) ? ExitStatus(waitStatus: status.wait_status) : .unknown
    }

    /// 0 or an errno, `ESRCH` if nobody is left.
    private func groupSignal(_ number: Int32) -> Int32 {
        if features.groupSignals { return orion_pidfd_signal(pidfd.number, number, true) }
        do throws(ProcessTable.Unreadable) {
            guard try holdsItsNumber() else { return ESRCH }
        } catch {
            return error.errno
        }
        return kill(-identity.pid, number) == 0 ? 0 : errno
    }

    /// Whether the number is the leader's, alive or a zombie: then it names no other group.
    private func holdsItsNumber() throws(ProcessTable.Unreadable) -> Bool {
        if !isDead { return true }
        var status = orion_exit()
        if orion_child_exit(pidfd.number, false, &status) != ORION_CHILD_NOT_OURS { return true }
        return try ProcessStatus.read(identity.pid)?.startTicks == identity.startTicks
    }
}
