import OrionAgentKit
import OrionCore
import OrionScheduler

/// What the machine of a real agent's replicas wants done, with simulated processes and a simulated ledger.
extension SimulatedCluster {
    private static let brokenDisk = "no room"

    /// Goes on with what an earlier agent has left, once that is on disk.
    func adopt(_ node: Int) {
        let contents = nodes[node].disk.ledger.contents
        nodes[node].disk.rewrite(contents)
        var aliveSince: [ReplicaID: ContinuousClock.Instant] = [:]
        for (id, record) in contents.records where !record.phase.isFinal {
            guard let process = nodes[node].processes[id], record.process == process.identity else { continue }
            aliveSince[id] = process.since
        }
        let folders = nodes[node].folders.map(\.rawValue).sorted()
        let time = nodes[node].time(at: now)
        // What must not run twice does not outlive its agent, and is ended by the next where that is new to it.
        for (id, record) in contents.records where !record.specification.value.disconnect.overlap {
            auditor.orderedToEnd(id)
        }
        perform(
            nodes[node].agent?.supervisor.adopt(contents, aliveSince: aliveSince, folders: folders, time) ?? [], node)
    }

    func perform(_ actions: [SupervisorAction], _ node: Int) {
        for action in actions where nodes[node].agent != nil { perform(action, node) }
    }

    private func perform(_ action: SupervisorAction, _ node: Int) {
        let life = nodes[node].life
        switch action {
        case .pickPorts(let id, let service, let held): pickPorts(id, service, held, node)
        case .spawn(let record): spawn(record, node)
        case .recordDurably(let entry): recordDurably(entry, node)
        case .record(let entry): _ = write(entry, node)
        case .release(let id): release(id, node)
        case .abandon(let id): nodes[node].agent?.gated[id] = nil
        case .watch(let id): watch(id, node)
        case .signal(let id, let signal): self.signal(id, signal, node)
        case .clearGroup(let id, _):
            if let process = nodes[node].processes[id], process.exit == nil { endProcess(id, node, .signalled(.kill)) }
            queue.schedule(.groupEmptied(node: node, life: life, id), at: now + shortWhile())
        case .awaitEmptyGroup(let id): queue.schedule(.groupEmptied(node: node, life: life, id), at: now + shortWhile())
        case .setTimer(let id, let number, let seconds):
            let wait = nodes[node].clock.trueDuration(of: .seconds(min(max(seconds, 0), 1e6)))
            queue.schedule(.agentTimer(node: node, life: life, id, number: number), at: now + wait)
        case .beginChecks(let target, let number): beginChecks(target, number, node)
        case .endChecks(let id): nodes[node].agent?.checks[id] = nil
        case .report(let status): self.report(status, node)
        case .endStrays: endStrays(node)
        case .removeFolder(let name): nodes[node].folders.remove(ReplicaID(rawValue: name))
        case .log(let note): trace.remark(now, "  \(nodes[node].id): \(note)")
        }
    }

    func shortWhile() -> Int64 { Int64.random(in: 10_000...20_000_000, using: &random) }

    /// An agent says how a replica is.
    func audit(_ status: ReplicaStatus, _ node: Int) {
        if let (check, problem) = auditor.said(status, on: node) { fail(check, problem) }
    }

    private func report(_ status: ReplicaStatus, _ node: Int) {
        audit(status, node)
        if status.state.isFinal {
            auditor.endedForGood(status.replicaId, on: node)
            if let process = nodes[node].processes[status.replicaId], process.exit == nil {
                fail(.processes, "\(status.replicaId) runs, and is reported \(status.state)")
            }
        }
        guard let agent = nodes[node].agent, agent.isReporting, let connection = nodes[node].connection else { return }
        say(.status(status), connection)
    }

    // MARK: - The ledger

    /// Nil, or why it could not be written.
    private func write(_ entry: LedgerEntry, _ node: Int) -> String? {
        if nodes[node].diskBrokenUntil > now {
            nodes[node].disk.hasFailed = true
            return Self.brokenDisk
        }
        if nodes[node].disk.hasFailed, let contents = nodes[node].agent?.supervisor.contents {
            nodes[node].disk.rewrite(contents)
        } else {
            nodes[node].disk.write(entry)
        }
        return nil
    }

    private func recordDurably(_ entry: LedgerEntry, _ node: Int) {
        if let reason = write(entry, node) {
            return perform(nodes[node].agent?.supervisor.notRecorded(entry, reason) ?? [], node)
        }
        if nodes[node].disk.await(entry) { scheduleFlush(node) }
    }

    private func scheduleFlush(_ node: Int) {
        let isSlow = isTurmoil && random.chance(scenario.slowFlushes)
        let seconds = Double.random(in: 0.0002...0.004, using: &random) * (isSlow ? 500 : 1)
        queue.schedule(.flushEnds(node: node, life: nodes[node].life), at: now + .seconds(seconds))
    }

    func flushEnds(_ node: Int, _ life: Int) {
        guard nodes[node].life == life, nodes[node].agent != nil else { return }
        countStep()
        if nodes[node].diskBrokenUntil > now {
            for entry in nodes[node].disk.failFlush() {
                perform(nodes[node].agent?.supervisor.notRecorded(entry, Self.brokenDisk) ?? [], node)
            }
            return endIfDone(node)
        }
        let (entries, beginsAnother) = nodes[node].disk.endFlush()
        if beginsAnother { scheduleFlush(node) }
        trace.note(
            now, 50, Int64(node), Int64(entries.count), text: "\(nodes[node].id) has \(entries.map(\.id)) on disk")
        for entry in entries {
            let time = nodes[node].time(at: now)
            perform(nodes[node].agent?.supervisor.recorded(entry, time) ?? [], node)
        }
        endIfDone(node)
    }

    // MARK: - Time

    func agentTimer(_ node: Int, _ life: Int, _ id: ReplicaID, _ number: Int) {
        guard nodes[node].life == life, nodes[node].agent != nil else { return }
        perform(nodes[node].agent?.supervisor.timerFired(id, number: number) ?? [], node)
        endIfDone(node)
    }
}
