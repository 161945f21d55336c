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
        leasedSince = leasedSince ?? now.instant
        var actions = contents.damage.map { SupervisorAction.log(.damaged(reason: $0)) }
        for replica in contents.retired.values { retire(replica) }
        for record in contents.records.values.sorted(by: { $0.id < $1.id }) {
            actions += adopt(record, aliveSince: aliveSince[record.id], now)
        }
        if !replicas.isEmpty {
            actions.append(.log(.adopted(running: aliveSince.count, ended: replicas.count - aliveSince.count)))
        }
        let unknown = folders.filter { name in
            let id = ReplicaID(rawValue: name)
            return replicas[id] == nil && retired[id] == nil && ReplicaFolder.isValid(id: name)
        }
        for name in unknown.sorted() { actions += keep(ReplicaID(rawValue: name), now) }
        // All at once: each service keeps the youngest.
        actions += collect(Array(retired.values), now)
        return actions + [.endStrays]
    }

    /// A folder that no record names: what a damaged or lost ledger leaves, or an agent that died in the very start of a
    /// replica. Someone may want to read what its program said, so it is kept as if it had been forgotten now.
    private mutating func keep(_ id: ReplicaID, _ now: Now) -> [SupervisorAction] {
        let service = id.rawValue.lastIndex(of: "-").map { id.rawValue[..<$0] } ?? ""
        let entry = RetiredReplica(id: id, service: ServiceName(rawValue: String(service)), at: now.timestamp)
        retire(entry)
        return [.record(.retired(entry))]
    }

    /// The processes without a record have been ended.
    package func straysEnded(_ strays: [(id: String, pid: Int32)]) -> [SupervisorAction] {
        strays.map { .log(.strayEnded(id: $0.id, pid: $0.pid)) }
    }

    /// One that must never run twice ended with its agent; how old that one's lease was, nobody knows. So nothing of it is
    /// started again here before the control plane says so, under another id.
    private mutating func endWithItsAgent(_ id: ReplicaID, _ now: Now) -> [SupervisorAction] {
        apply(id) { machine in
            guard machine.isToldToRun else { return [] }
            machine.record.message = "stopped: its agent ended (disconnect.overlap: false)"
            return machine.stop(graceSeconds: nil, now)
        }
    }

    private mutating func adopt(
        _ record: LedgerRecord, aliveSince: ContinuousClock.Instant?, _ now: Now
    ) -> [SupervisorAction] {
        var record = record
        record.specification = shared(record.specification)
        add(record)
        var actions = apply(record.id) { $0.adopt(aliveSince: aliveSince, now) }
        if !record.specification.value.disconnect.overlap { actions += endWithItsAgent(record.id, now) }
        // Final ones have nothing to say but in the hello.
        guard replicas[record.id]?.reported == nil else { return actions }
        return actions + apply(record.id) { _ in [.report] }
    }
}
