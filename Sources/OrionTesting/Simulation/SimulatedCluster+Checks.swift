import OrionControlPlane
import OrionCore
import OrionScheduler

/// Checks that look at the engine's state.
extension SimulatedCluster {
    /// What is shown is what is stored.
    func published() {
        guard let state = control.machine?.state else { return }
        if state.revision != auditor.cluster.revision {
            fail(.publication, "revision \(state.revision) is shown, \(auditor.cluster.revision) is stored")
        }
        publications += 1
        if publications.isMultiple(of: 64) { compareRecords(state) }
    }

    func compareRecords(_ state: ClusterState) {
        for record in state.serviceRecords() {
            let name = record.specification.value.name
            guard let stored = auditor.services[name], stored.generation == record.status.generation else {
                return fail(.publication, "\(name) is shown in generation \(record.status.generation)")
            }
            for instance in record.status.instances {
                guard let id = instance.replicaId else { continue }
                guard let replica = auditor.replicas[id], replica.restarts == instance.restarts,
                    replica.state == instance.state || instance.state == .stopping
                else { return fail(.publication, "\(id) is shown \(instance.state), and stored otherwise") }
            }
        }
    }

    /// What agents said in a step that could not be committed is taken in again, all of it.
    func checkRetained(_ retained: [Event]) {
        guard retained.count != control.unsettled else { return }
        fail(.commits, "\(control.unsettled) events were not settled, \(retained.count) are taken in again")
    }

    /// Nobody is lost who has answered a ping within the timeout.
    func checkLosses(_ changes: [StateChange]) {
        var lost: Set<NodeID> = []
        for case .replica(let replica) in changes where replica.state == .lost {
            if let old = auditor.replicas[replica.id], old.state != .lost { lost.insert(replica.node) }
        }
        report.counts.losses += lost.count
        // What is beyond the batch, a hello perhaps, is not heard yet.
        for id in lost.sorted() where control.mailbox.isEmpty {
            if auditor.isGreeted(id) { continue }
            guard let answered = answeredPing(of: id) else { continue }
            let seconds = Double(now - answered) / 1e9
            guard seconds < scenario.options.heartbeatTimeoutSeconds * 0.99 else { continue }
            return fail(.loss, "\(id) is lost, and answered a ping of \(seconds) s ago")
        }
    }

    /// A step decides the same without what dead sessions have brought.
    func checkDeadSessions(_ events: [Event], _ moment: Moment) {
        let rest = events.filter { event in
            guard case .session(let session, _) = event else { return true }
            return !auditor.dead.contains(session)
        }
        guard rest.count < events.count, let state = control.machine?.state else { return }
        report.counts.lateFrames += events.count - rest.count
        var (with, without) = (state, state)
        var (random, other) = (SeededGenerator(seed: 1), SeededGenerator(seed: 1))
        let decided = Reconciler.step(&with, events, now: moment, random: &random)
        let expected = Reconciler.step(&without, rest, now: moment, random: &other)
        let commands = decided.commands.map { "\($0.session) \($0.action)" }
        guard decided.changes == expected.changes, commands.count == expected.commands.count else {
            let late = events.filter { event in
                guard case .session(let session, _) = event else { return false }
                return auditor.dead.contains(session)
            }
            return fail(.sessions, "a dead session changed something: \(late.map(Self.text).joined(separator: "; "))")
        }
    }

    /// A full look at a settled state decides nothing.
    func checkFixpoint() {
        guard var state = control.machine?.state else { return }
        state.reviewEverything()
        var random = SeededGenerator(seed: 1)
        let decision = Reconciler.step(&state, [], now: control.moment(at: now), random: &random)
        guard decision.changes.isEmpty, decision.commands.isEmpty, decision.facts.isEmpty else {
            let facts = decision.facts.map(\.message).joined(separator: " ")
            return fail(
                .fixpoint,
                "a full look at a settled state decides \(decision.changes.map(Self.text)) \(decision.commands.count) \(facts)"
            )
        }
        compareRecords(state)
    }
}
