package import OrionCore

/// What the supervisor's machine wants done, in this order. What is answered may be answered at once or later.
package enum SupervisorAction: Equatable, Sendable {
    /// Choose the ports of a replica that has none, and none of those `held` by others; answered with `portsPicked` or
    /// `couldNotStart`.
    case pickPorts(ReplicaID, ServiceSpecification, held: Set<Int>)
    /// Fork a child that waits at its gate; answered with `spawned` or `couldNotStart`.
    case spawn(LedgerRecord)
    /// Write an entry of the ledger and wait until it is on disk; answered with `recorded` or `notRecorded`.
    case recordDurably(LedgerEntry)
    /// Write an entry of the ledger.
    case record(LedgerEntry)
    /// Open the child's gate; answered with `started` or `couldNotStart`.
    case release(ReplicaID)
    /// Shut the child's gate: its program never runs.
    case abandon(ReplicaID)
    /// Tell when the process ends: answered with `exited`.
    case watch(ReplicaID)
    /// Send a signal to the group.
    case signal(ReplicaID, Signal)
    /// Kill what is left of the group of `leader`, which has ended, and what has left it; answered with `groupEmptied`.
    case clearGroup(ReplicaID, leader: ProcessIdentity?)
    /// Wait until no member of the group is left, and kill what has left it; answered with `groupEmptied`.
    case awaitEmptyGroup(ReplicaID)
    /// Answered with `timerFired` and the number. There is no order to end one: the machine knows a late one by its number.
    case setTimer(ReplicaID, number: Int, seconds: Double)
    /// Check a replica from now on, instead of as before; answered with `checked` and the number.
    case beginChecks(HealthTarget, number: Int)
    /// Check it no more.
    case endChecks(ReplicaID)
    /// Tell the control plane, if there is a session.
    case report(ReplicaStatus)
    /// End the processes that were started as replicas of which there is no record; answered with `straysEnded`.
    case endStrays
    /// Remove a replica's folder.
    case removeFolder(String)
    /// Tell people.
    case log(SupervisorNote)
}
