import Dispatch
import OrionCore

extension Supervisor {
    /// Does what the machine wants done, in order. What is answered at once is answered before the next.
    func perform(_ actions: [SupervisorAction]) {
        for action in actions { perform(action) }
        settle()
    }

    private func perform(_ action: SupervisorAction) {
        switch action {
        case .pickPorts(let id, let service, let held): pickPorts(id, service, held)
        case .spawn(let record): spawn(record)
        case .recordDurably(let entry): recordDurably(entry)
        case .record(let entry): if let reason = write(entry) { log(.trouble(entry.id, reason: reason)) }
        case .release(let id): release(id)
        case .abandon(let id): gated.removeValue(forKey: id)?.abandon()
        case .watch(let id): watch(id)
        case .signal(let id, let signal): self.signal(id, signal)
        case .clearGroup(let id, let leader): clearGroup(id, leader)
        case .awaitEmptyGroup(let id): awaitEmptyGroup(id)
        case .setTimer(let id, let number, let seconds): setTimer(id, number, seconds)
        case .beginChecks(let target, let number): beginChecks(target, number)
        case .endChecks(let id): checker.end(id)
        case .report(let status): report(status)
        case .endStrays: endStrays()
        case .removeFolder(let name): maintenance.remove(replicasPath + "/" + name)
        case .log(let note): log(note)
        }
    }

    private func report(_ status: ReplicaStatus) {
        // Of a child that was kept from starting, its cgroup is left.
        if status.state.isFinal { containment.clear(status.replicaId, hasRun: false, on: executor.queue) {} }
        guard let reporter else { return }
        var status = status
        if status.isTrouble { status.lastLines = folder(of: status.replicaId).lastLines }
        reporter(status)
    }

    // MARK: - The ledger

    private func recordDurably(_ entry: LedgerEntry) {
        if let reason = write(entry) { return perform(machine.notRecorded(entry, reason)) }
        ledger.whenDurable { number in
            self.post { $0.recorded(entry, number) }
        }
    }

    private func recorded(_ entry: LedgerEntry, _ number: Int32) {
        guard number == 0 else {
            return perform(machine.notRecorded(entry, "its record cannot be written: \(describe(errno: number))"))
        }
        perform(machine.recorded(entry, Now.read()))
    }

    /// Writes an entry; nil, or why that was not possible, in a sentence that can stand in a status.
    private func write(_ entry: LedgerEntry) -> String? {
        let number = ledger.write(entry)
        if number == 0, !ledger.hasGrown { return nil }
        let now = ContinuousClock.now
        if let failure = rewriteFailure, now < failure.until { return number == 0 ? nil : failure.reason }
        do throws(LedgerError) {
            try ledger.rewrite(machine.contents)
            rewriteFailure = nil
            return nil
        } catch {
            let reason = "its record cannot be written: \(error.message)"
            rewriteFailure = (reason, now + .seconds(Self.rewritePauseSeconds))
            return number == 0 ? nil : reason
        }
    }

    // MARK: - Time

    private func setTimer(_ id: ReplicaID, _ number: Int, _ seconds: Double) {
        executor.queue.asyncAfter(deadline: .after(.seconds(clamped: seconds))) {
            self.assumeIsolated { $0.perform($0.machine.timerFired(id, number: number)) }
        }
    }

    // MARK: - Health

    private func beginChecks(_ target: HealthTarget, _ number: Int) {
        let id = target.id
        checker.begin(target) { event in
            self.post { $0.perform($0.machine.checked(id, number: number, event, Now.read())) }
        }
    }

    /// Enters the actor from any queue, without a task.
    nonisolated func post(_ body: @escaping @Sendable (isolated Supervisor) -> Void) {
        executor.queue.async { self.assumeIsolated(body) }
    }
}
