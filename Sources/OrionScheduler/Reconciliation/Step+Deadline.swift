import HashTreeCollections
import OrionCore

/// The time that a rollout has, and what becomes of one that does not use it.
extension Step {
    /// Notes the progress of a rollout, and ends it where there was none for too long.
    mutating func judge(_ name: ServiceName) {
        guard let service = state.services[name] else { return }
        // Where nothing may be placed yet, its time begins with the first placement.
        guard service.isOnTrial, !service.isHeldUp || !waitsForLost(service) else {
            if service.progress != nil { state.services[name]?.progress = nil }
            return
        }
        // What was told to stop ends soon, and may be one of its own: its time only stands still meanwhile.
        guard !service.isHeldUp else {
            let heldSince = service.progress?.heldSince ?? now
            state.services[name]?.progress?.heldSince = heldSince
            return
        }
        let progress = service.progressed(at: now)
        // Only memory knows of it: nothing else has to be looked at again.
        state.services[name]?.progress = progress
        if state.thereSince == nil { state.suspended.insert(name) }
        if let service = state.services[name], let deadline = deadline(of: service), deadline <= now { fail(name) }
    }

    /// Whether something that a service waits for is on a node that is lost.
    private func waitsForLost(_ service: ServiceState) -> Bool {
        !service.members[.gone, ReplicaState.Level.awaited].isEmpty
            || service.members[.stopping, ReplicaState.Level.lost].contains { state.replicas[$0]?.isBound == true }
    }

    /// When a rollout that makes no further progress has failed; nil while its time does not run. Where no node is there,
    /// no release can prove itself: its time begins anew with the first that is.
    func deadline(of service: ServiceState) -> Instant? {
        guard let progress = service.progress, progress.heldSince == nil, let thereSince = state.thereSince else {
            return nil
        }
        let update = service.specification.update
        // One that has just become ready has to become available.
        let seconds = max(update.deadlineSeconds, update.minReadySeconds)
        return max(progress.since, thereSince).advanced(bySeconds: seconds)
    }

    /// One that is lost, or has to leave its node, and counted for the progress does so no more: what comes instead of it
    /// may.
    mutating func forgetProgress(of id: ReplicaID) { countProgress(of: id, -1) }

    /// One that is back is no progress.
    mutating func rememberProgress(of id: ReplicaID) { countProgress(of: id, 1) }

    private mutating func countProgress(of id: ReplicaID, _ one: Int) {
        guard let replica = state.replicas[id], replica.standing == .current, replica.stored.state == .ready,
            let service = state.services[replica.service], let progress = service.progress
        else { return }
        let minReadySeconds = service.specification.update.minReadySeconds
        let hasProved = replica.readySince.map { now.seconds(since: $0) >= minReadySeconds } ?? false
        state.services[replica.service]?.progress?.ready = max(0, progress.ready + one)
        if hasProved || one > 0 {
            state.services[replica.service]?.progress?.available = max(0, progress.available + one)
        }
    }

    /// More or fewer nodes are there.
    mutating func countNodes(_ change: Int) {
        state.nodesThere += change
        guard state.nodesThere > 0 else { return state.thereSince = nil }
        guard state.thereSince == nil else { return }
        state.thereSince = now
        dirty.formUnion(state.suspended)
        state.suspended = SortedTree()
    }

    private mutating func fail(_ name: ServiceName) {
        guard let service = state.services[name] else { return }
        let evidence = evidence(of: service)
        let reason = service.reason(evidence)
        let number = service.stored.generation
        // What was brought back and fails as well is left to someone: nothing says that it would help to go on.
        let canGoBack = service.specification.update.autoRollback && service.current.undoes == nil
        guard canGoBack, let target = service.lastComplete else {
            updateService(name) { $0.end(RolloutEnding(.halted, reason: reason, evidence: evidence)) }
            for id in service.members.all { updateReplica(id) { _ in } }
            return note(.warning, "The rollout of \(name) is halted: \(reason).", service: name)
        }
        state.cluster.revision += 1
        updateService(name) { $0.end(RolloutEnding(.rolledBack, reason: reason, evidence: evidence)) }
        let change = bringBack(target, of: name, undoing: number)
        note(
            .warning,
            "\(name) is rolled back to generation \(target), as generation \(change.generation): \(reason).",
            service: name)
    }

    /// The replicas of the wanted generation that something was wrong with, as they were then, the latest first; and others
    /// that are not available.
    func evidence(of service: ServiceState) -> [ReplicaRecord] {
        // What has recovered since is no evidence.
        var records = service.failures.filter { state.replicas[$0.replicaId ?? ""]?.isAvailable != true }
        let noted = records.map(\.replicaId)
        for level in 0..<ReplicaState.Level.available {
            for standing in [.failing, .current, .done] as [ReplicaState.Standing] {
                let room = max(0, SchedulerLimits.replicasInEvidence - records.count)
                for id in service.members[standing, level].lazy.filter({ !noted.contains($0) }).prefix(room) {
                    guard let replica = state.replicas[id], service.isCurrent(replica) else { continue }
                    records.append(state.evidence(of: replica))
                }
            }
        }
        if records.isEmpty || state.waiting.contains(service.name) {
            var reasons = WaitingReasons()
            var pending = ReplicaRecord(state: .pending)
            pending.generation = service.stored.generation
            pending.message = reasons.text(for: service.current.demand, in: state)
            records.append(pending)
        }
        return records
    }

    /// Remembers how a replica of the rollout under way went wrong: it may be gone when the time is over.
    mutating func noteFailure(of replica: ReplicaState, _ lastLines: LastLines?) {
        guard let service = state.services[replica.service], service.isOnTrial, service.isCurrent(replica) else {
            return
        }
        var record = state.evidence(of: replica)
        record.lastLines = lastLines
        // Only memory knows of it: nothing else has to be looked at again.
        state.services[replica.service]?.noteFailure(record)
    }
}

extension ServiceState {
    /// The progress as it is now: it counts each replica that became ready or available, but none twice that did so only
    /// because it fell back before.
    fileprivate func progressed(at now: Instant) -> Progress {
        let succeeded = members[.done, ReplicaState.Level.succeeded].count
        let available = members[.current, ReplicaState.Level.available].count + succeeded
        let ready = available + members[.current, ReplicaState.Level.ready].count
        guard var progress else { return Progress(ready: ready, available: available, since: now) }
        if let held = progress.heldSince.take() {
            progress.since = progress.since.advanced(bySeconds: now.seconds(since: held))
        }
        guard ready > progress.ready || available > progress.available else { return progress }
        return Progress(
            ready: max(ready, progress.ready), available: max(available, progress.available), since: now)
    }

    /// Why it failed, for people.
    fileprivate func reason(_ evidence: [ReplicaRecord]) -> String {
        let available =
            members[.current, ReplicaState.Level.available].count + members[.done, ReplicaState.Level.succeeded].count
        let time = specification.update.deadlineSeconds.text
        let text =
            "\(available) of \(wanted) replicas of generation \(stored.generation) were available after \(time) s"
            + " without progress"
        return evidence.first?.account.map { "\(text); \($0)" } ?? text
    }
}

extension ReplicaRecord {
    /// What is known of it, in a sentence without its stop.
    fileprivate var account: String? {
        guard let replicaId else { return message.map { $0.hasSuffix(".") ? String($0.dropLast()) : $0 } }
        let how = state == .backoff ? "in back-off" : state.rawValue
        var text = "\(replicaId) on \(node ?? nodeId?.rawValue ?? "?") is \(how)"
        if let signal {
            text += ", ended by \(signal)"
        } else if let exitCode {
            text += ", exit status \(exitCode)"
        }
        if let message { text += ": \(message)" }
        return text
    }
}
