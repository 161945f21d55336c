import Dispatch
import Synchronization

/// A commit that neither succeeds nor fails: a disk that hangs, or a network file system whose server is gone.
extension Inbox {
    /// A commit begins. Where it has not ended after `seconds`, clients are refused and `onOverdue` is called, until it
    /// ends: those that wait in the mailbox, which are not part of it, too.
    func commitBegins(patienceSeconds seconds: Double, onOverdue: @escaping @Sendable () -> Void) {
        let deadline = MachineTime.monotonic() + Int64(seconds * 1e9)
        let isToWatch = contents.withLock { contents in
            contents.commitDeadline = deadline
            defer { contents.isCommitWatched = true }
            return !contents.isCommitWatched
        }
        if isToWatch { watchCommit(deadline, seconds, onOverdue) }
    }

    /// The commit has ended. Where it succeeded, though too late, clients are served again, and it is true.
    func commitEnds(isTaken: Bool) -> Bool {
        let isToOpen = contents.withLock { contents in
            contents.commitDeadline = nil
            guard isTaken, case .hanging = contents.mailbox.closure else { return false }
            contents.mailbox.close(nil)
            return true
        }
        turnValves()
        return isToOpen
    }

    /// One at a time, however many commits there are: it looks again at the deadline of the one that is under way then.
    private func watchCommit(_ time: Int64, _ seconds: Double, _ onOverdue: @escaping @Sendable () -> Void) {
        let wait = max(time - MachineTime.monotonic(), 0)
        DispatchQueue.global().asyncAfter(deadline: .now() + .nanoseconds(Int(wait))) {
            switch self.contents.withLock({ $0.lookAtCommit(seconds) }) {
            case .nothing: break
            case .again(let deadline): self.watchCommit(deadline, seconds, onOverdue)
            case .overdue(let replies):
                onOverdue()
                self.refuse(replies, .hanging(seconds: seconds))
                self.turnValves()
            }
        }
    }
}

private enum CommitFinding {
    case nothing
    case again(at: Int64)
    case overdue([Inbox.Reply])
}

extension Inbox.Contents {
    /// The deadline of a commit has come, though perhaps not that of the one that is under way.
    fileprivate mutating func lookAtCommit(_ seconds: Double) -> CommitFinding {
        if let commitDeadline, commitDeadline > MachineTime.monotonic() { return .again(at: commitDeadline) }
        isCommitWatched = false
        guard commitDeadline != nil, mailbox.closure == nil else { return .nothing }
        return .overdue(refuse(.hanging(seconds: seconds)))
    }
}
