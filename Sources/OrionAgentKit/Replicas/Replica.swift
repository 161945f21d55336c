import OrionCore

/// A replica's machine and what it drives. Confined to the supervisor.
final class Replica {
    let folder: ReplicaFolder
    var machine: ReplicaMachine
    /// Its child, while it waits at its gate.
    var gated: GatedProcess?
    /// Its process, until the last member of the group is gone.
    var process: WatchedProcess?
    /// The number of the timer that counts; what an older one says is late.
    var timer = 0
    /// What the digest holds of it.
    var reported: ReplicaPhase?

    var record: LedgerRecord { machine.record }
    var id: ReplicaID { machine.record.id }

    init(_ record: LedgerRecord, folder: ReplicaFolder) {
        self.folder = folder
        machine = ReplicaMachine(record: record)
    }
}
