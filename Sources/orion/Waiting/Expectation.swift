import OrionCore

/// What a command asked for of one service, and so what is waited for.
struct Expectation: Hashable, Sendable {
    /// Which service.
    var service: ServiceName
    /// The generation that should run; nil for a service that should be gone.
    var generation: Int?

    init(service: ServiceName, generation: Int?) {
        self.service = service
        self.generation = generation
    }

    /// What a change leads to; nil where it leads to nothing.
    init?(_ change: ServiceChange) {
        switch change.action {
        case .created, .updated, .unchanged: self.init(service: change.service, generation: change.generation)
        case .removed: self.init(service: change.service, generation: nil)
        case .orphaned: return nil
        }
    }

    /// How far a service is on its way there, by its record; nil for one that is not there.
    ///
    /// - Parameter id: that of the service when it was first looked at: one that is created anew has another.
    func progress(of record: ServiceRecord?, knownBy id: String? = nil) -> Progress {
        guard let generation else { return removal(record, knownBy: id) }
        guard let record else { return .impossible("it is not there: it was removed meanwhile") }
        let status = record.status
        let rollout = status.rollout
        guard status.generation >= generation else { return .waiting("generation \(generation) is not taken up yet") }
        let isStopped = status.observed.desired == 0 && status.instances.allSatisfy(\.state.isFinal)
        if status.status == .stopped, isStopped { return .settled("stopped") }
        if hasFailed(rollout) {
            let how = rollout.state == .rolledBack ? "was rolled back" : "is halted"
            return .impossible("the rollout \(how)" + (rollout.reason.map { ": \($0)" } ?? ""))
        }
        if let ended = record.endedForGood(since: generation) { return .impossible(ended) }
        switch status.status {
        case .failed: return .impossible(record.reason ?? "it has failed")
        case .completed: return .settled("completed")
        case _ where isDone(record): return .settled("\(ready(status)), \(status.succeeded) succeeded")
        case .running where status.observedGeneration >= generation && rollout.state != .progressing:
            return .settled(ready(status))
        case .running where status.observed.ready == status.observed.desired:
            let seconds = record.specification.value.update.minReadySeconds
            return .waiting("\(ready(status)) · settled once they have been so for \(seconds.short) s")
        default: return .waiting(ready(status) + (record.detail.map { " · \($0)" } ?? ""))
        }
    }

    /// Whether it has settled in a later generation than was asked for: then its history tells how this one ended.
    func isOvertaken(_ progress: Progress, _ record: ServiceRecord?) -> Bool {
        guard case .settled = progress, let generation, let record else { return false }
        return record.status.generation > generation
    }

    /// What became of it where another took over before it was complete; nil where it was, as far as is known.
    func superseded(in history: [GenerationRecord.Status]) -> Progress? {
        guard let own = history.first(where: { $0.generation == generation }), own.state == .superseded else {
            return nil
        }
        let reason = own.reason ?? "a later generation took over"
        return .impossible("generation \(own.generation) did not come to run as a whole: \(reason)")
    }

    /// What is known of why its rollout failed; nil where it did not.
    func failure(of record: ServiceRecord?) -> Evidence? {
        guard let rollout = record?.status.rollout, hasFailed(rollout) else { return nil }
        return rollout.failure
    }

    /// That of an earlier generation is what this one came to undo.
    private func hasFailed(_ rollout: ServiceStatus.Rollout) -> Bool {
        guard let generation else { return false }
        return (rollout.state == .rolledBack || rollout.state == .halted) && rollout.generation >= generation
    }

    /// Whether what does not run has done its work.
    private func isDone(_ record: ServiceRecord) -> Bool {
        let status = record.status
        guard let generation, status.observedGeneration >= generation, status.succeeded > 0 else { return false }
        return status.rollout.state != .progressing
            && status.observed.ready + status.succeeded >= status.observed.desired
    }

    private func removal(_ record: ServiceRecord?, knownBy id: String?) -> Progress {
        guard let status = record?.status else { return .settled("removed") }
        // None is wanted of one that is being removed.
        if status.observed.desired > 0 || status.id != id ?? status.id { return .settled("removed, and created anew") }
        let left = status.instances.count { !$0.state.isFinal && $0.state != .lost }
        return .waiting("\(left) left to stop")
    }

    private func ready(_ status: ServiceStatus) -> String {
        "\(status.observed.ready)/\(status.observed.desired) ready"
    }
}

/// How far something is.
enum Progress: Hashable, Sendable {
    /// On its way; the text says how far.
    case waiting(String)
    /// There.
    case settled(String)
    /// It will never be; the text says why.
    case impossible(String)

    /// Whether nothing more will come.
    var isFinal: Bool {
        if case .waiting = self { return false }
        return true
    }

    /// The text of whichever it is.
    var text: String {
        switch self {
        case .waiting(let text), .settled(let text), .impossible(let text): text
        }
    }
}

extension ServiceRecord {
    /// Why a replica that failed will not be started again, by the restart policy; nil where each will be.
    fileprivate func endedForGood(since generation: Int) -> String? {
        let policy = specification.value.restart.policy
        let ended = status.instances.first { $0.state == .failed && ($0.generation ?? 0) >= generation }
        guard policy == .never, let ended else { return nil }
        let name = ended.replicaId.map(\.rawValue) ?? "a replica"
        let how = ended.explanation.isEmpty ? "it has ended" : ended.explanation
        return "\(name) is not started again (restart.policy: \(policy.rawValue)): \(how)"
    }

    /// What holds it up, as one short text.
    fileprivate var detail: String? {
        if let reason { return reason }
        var counts: [(state: ReplicaPhase, count: Int)] = []
        for instance in status.instances where !instance.state.isFinal && instance.state != .ready {
            if let index = counts.firstIndex(where: { $0.state == instance.state }) {
                counts[index].count += 1
            } else {
                counts.append((instance.state, 1))
            }
        }
        guard !counts.isEmpty else { return nil }
        return counts.map { "\($0.count == 1 ? "one" : "\($0.count)") \($0.state.rawValue)" }.joined(separator: ", ")
    }
}
