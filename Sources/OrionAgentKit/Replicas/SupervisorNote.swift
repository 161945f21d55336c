package import OrionCore

/// What the supervisor's machine wants to stand in the log.
package enum SupervisorNote: Equatable, Sendable {
    /// A replica has a new state.
    case changed(LedgerRecord)
    /// A replica could not be started, or its record not written.
    case trouble(ReplicaID, reason: String)
    /// A launch was not taken.
    case refused(ReplicaID, reason: String)
    /// Replicas of an earlier agent were found.
    case adopted(running: Int, ended: Int)
    /// A part of the ledger could not be read.
    case damaged(reason: String)
    /// A process without a record was ended.
    case strayEnded(id: String, pid: Int32)
}
