package import OrionCore

/// A replica's machine, and what the supervisor's machine knows beside it.
package struct HeldReplica: Sendable {
    package internal(set) var machine: ReplicaMachine
    /// The number of the timer that counts; what another one says is late.
    var timer: Int?
    /// What the digest holds of it: the state that was last reported.
    package internal(set) var reported: ReplicaPhase?

    package var record: LedgerRecord { machine.record }

    init(_ record: LedgerRecord) {
        machine = ReplicaMachine(record: record)
    }
}
