package import OrionCore

extension SupervisorMachine {
    /// Goes on with what an earlier agent has left: what still runs is watched, what has ended is restarted by its policy.
    ///
    /// - Parameters:
    ///   - contents: what the ledger holds on disk.
    ///   - aliveSince: when the process was started of each replica whose process was found, alive or just ended.
    ///   - folders: the names in the folder of all replicas.
    package mutating func adopt(
        _ contents: LedgerContents, aliveSince: [ReplicaID: ContinuousClock.Instant], folders: [String], _ now: Now
    ) -> [SupervisorAction] {
        var actions = contents.damage.map { SupervisorAction.log(.damaged(reason: $0)) }
        for replica in contents.retired.values { retire(replica) }
        for record in contents.records.values.sorted(by: { $0.id < $1.id }) {
            actions += adopt(record, aliveSince: aliveSince[record.id], now)
        }
        if !replicas.isEmpty {
            actions.append(.log(.adopted(running: aliveSince.count, ended: replicas.count - aliveSince.count)))
        }
        actions += collect(now)
        let unknown = folders.filter { name in
            replicas[ReplicaID(rawValue: name)] == nil && retired[ReplicaID(rawValue: name)] == nil
        }
        isDamaged = !contents.damage.isEmpty
        return unknown.isEmpty ? actions : actions + [.endStrays(unknown.sorted())]
    }

    /// The processes of folders without a record have been ended.
    package func straysEnded(_ strays: [(id: String, pid: Int32)], of folders: [String]) -> [SupervisorAction] {
        let notes = strays.map { SupervisorAction.log(.strayEnded(id: $0.id, pid: $0.pid)) }
        // Someone may want to read what a lost record's program said.
        guard !isDamaged, strays.isEmpty else { return notes }
        // Made just before the end, and never used.
        return folders.map { .removeFolder($0) }
    }

    private mutating func adopt(
        _ record: LedgerRecord, aliveSince: ContinuousClock.Instant?, _ now: Now
    ) -> [SupervisorAction] {
        var record = record
        record.specification = shared(record.specification)
        add(record)
        let actions = apply(record.id) { $0.adopt(aliveSince: aliveSince, now) }
        // Final ones have nothing to say but in the hello.
        guard replicas[record.id]?.reported == nil else { return actions }
        return actions + apply(record.id) { _ in [.report] }
    }
}
