import HashTreeCollections
public import OrionCore

extension ClusterState {
    /// The generations that are kept of a service, newest first; nil where there is no such service.
    public func history(of name: ServiceName) -> [GenerationRecord]? {
        guard let service = services[name], !service.isVanished else { return nil }
        return service.history.compactMap { number in
            service.generations[number].map {
                $0.record(as: number, isCurrent: $0.restartFrom == service.current.restartFrom)
            }
        }
    }
}

extension ServiceState.Generation {
    fileprivate func record(as number: Int, isCurrent: Bool) -> GenerationRecord {
        GenerationRecord(
            status: GenerationRecord.Status(
                generation: number, state: state(isCurrent: isCurrent), createdAt: createdAt, restartFrom: restartFrom,
                fields: fields, undoes: undoes, reason: ending?.reason,
                evidence: ending.flatMap { $0.evidence.isEmpty ? nil : $0.evidence }),
            specification: specification)
    }

    private func state(isCurrent: Bool) -> GenerationRecord.Status.State {
        switch ending?.state {
        case .complete: .complete
        case .superseded: .superseded
        case .rolledBack: .rolledBack
        case .halted: .halted
        // What an older version left open was not complete.
        case nil: isCurrent ? .progressing : .superseded
        }
    }
}
