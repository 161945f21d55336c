package import OrionCore

/// A replica's machine, and what the supervisor's machine knows beside it.
package struct HeldReplica: Sendable {
    package internal(set) var machine: ReplicaMachine
    /// The number of the timer that counts; what another one says is late.
    var timer: Int?
    /// The number of the checks that count.
    var checks: Int?
    /// What the digest holds of it: the state that was last reported.
    package internal(set) var reported: ReplicaPhase?

    /// That it is forgotten, while that is on its way to disk.
    var retirement: RetiredReplica?

    package var record: LedgerRecord { machine.record }

    /// What the ledger has to say of it.
    var entry: LedgerEntry { retirement.map { .retired($0) } ?? .replica(record) }

    /// As the control plane is told: while a final state is on its way to disk, the state that was told before it.
    package var status: ReplicaStatus {
        var status = record.status
        if machine.stage == .closing, let reported { status.state = reported }
        return status
    }

    init(_ record: LedgerRecord) {
        machine = ReplicaMachine(record: record)
    }
}
