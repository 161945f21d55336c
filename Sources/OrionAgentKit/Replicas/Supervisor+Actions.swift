import Dispatch
import OrionCore

extension Supervisor {
    /// Does what the machine wants done, in order. What is answered at once is answered before the next.
    func perform(_ actions: [SupervisorAction]) {
        for action in actions { perform(action) }
        if machine.liveCount == 0 || machine.gatedCount == 0 { settle() }
    }

    private func perform(_ action: SupervisorAction) {
        switch action {
        case .pickPorts(let id, let service, let held): pickPorts(id, service, held)
        case .spawn(let record): spawn(record)
        case .recordDurably(let record): recordDurably(record)
        case .record(let entry): if let reason = write(entry) { log(.trouble(entry.id, reason: reason)) }
        case .release(let id): release(id)
        case .abandon(let id): gated.removeValue(forKey: id)?.abandon()
        case .watch(let id): watch(id)
        case .signal(let id, let signal): processes[id]?.signalGroup(signal)
        case .clearGroup(let id, let leader): clearGroup(id, leader)
        case .awaitEmptyGroup(let id): awaitEmptyGroup(id)
        case .setTimer(let id, let number, let seconds): setTimer(id, number, seconds)
        case .report(let status): reporter?(status)
        case .endStrays(let names): endStrays(names)
        case .removeFolder(let name): maintenance.remove(replicasPath + "/" + name)
        case .log(let note): log(note)
        }
    }

    // MARK: - The ledger

    private func recordDurably(_ record: LedgerRecord) {
        guard let identity = record.process else { return }
        let id = record.id
        if let reason = write(.replica(record)) { return perform(machine.couldNotStart(id, identity, reason)) }
        ledger.whenDurable { number in
            self.post { $0.recorded(id, identity, number) }
        }
    }

    private func recorded(_ id: ReplicaID, _ identity: ProcessIdentity, _ number: Int32) {
        guard number == 0 else {
            return perform(
                machine.couldNotStart(id, identity, "its record cannot be written: \(describe(errno: number))"))
        }
        perform(machine.recorded(id, identity))
    }

    /// Writes an entry; nil, or why that was not possible, in a sentence that can stand in a status.
    private func write(_ entry: LedgerEntry) -> String? {
        if ledger.write(entry) { return nil }
        do throws(LedgerError) {
            try ledger.rewrite(machine.contents)
            return nil
        } catch {
            return "its record cannot be written: \(error.message)"
        }
    }

    // MARK: - Time

    private func setTimer(_ id: ReplicaID, _ number: Int, _ seconds: Double) {
        let delay = Duration.seconds(clamped: seconds).components
        let nanoseconds = Int(delay.seconds) * 1_000_000_000 + Int(delay.attoseconds / 1_000_000_000)
        executor.queue.asyncAfter(deadline: .now() + .nanoseconds(nanoseconds)) {
            self.assumeIsolated { $0.perform($0.machine.timerFired(id, number: number)) }
        }
    }

    /// Enters the actor from any queue, without a task.
    nonisolated func post(_ body: @escaping @Sendable (isolated Supervisor) -> Void) {
        executor.queue.async { self.assumeIsolated(body) }
    }
}
