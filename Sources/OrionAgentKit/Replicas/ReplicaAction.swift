/// What a replica's machine wants done.
enum ReplicaAction: Hashable, Sendable {
    /// Fork a child that waits at its gate; answered with `spawned` or `couldNotStart`.
    case spawn
    /// Write the record and wait until it is on disk; answered with `recorded` or `notRecorded`.
    case recordDurably
    /// Write the record.
    case record
    /// Open the child's gate; answered with `started` or `couldNotStart`.
    case release
    /// Shut the child's gate: its program never runs.
    case abandon
    /// Tell when the process ends: answered with `exited`.
    case watch
    /// Send a signal to the group.
    case signal(Signal)
    /// Kill what is left of the group; answered with `groupEmptied`.
    case clearGroup
    /// Wait until no member of the group is left; answered with `groupEmptied`.
    case awaitEmptyGroup
    /// Set the one timer, in place of the one before; answered with `timerFired`.
    case setTimer(seconds: Double)
    /// The timer is not wanted any more.
    case cancelTimer
    /// Check it from now on by its specification, instead of as before; answered with `checked` whenever something changes.
    case beginChecks
    /// Check it no more.
    case endChecks
    /// Tell the control plane.
    case report
}
