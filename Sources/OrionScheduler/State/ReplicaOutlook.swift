import OrionCore

/// What lies ahead of a replica: the one table of what is wanted of it and what was last heard of it. Each pair has a way
/// forward, so that none is left over.
enum ReplicaOutlook: Hashable, Sendable {
    /// Whether one that runs is to stay.
    enum Stay: Hashable, Sendable {
        case current, outdated, failing
    }

    /// It runs, or is about to. It stays, or is stopped once its successor has proved itself.
    case runs(Stay)
    /// Its node is lost, or its agent stops it by itself. Its next hello or status says what it is; until then another
    /// takes its place, as soon as `disconnect` allows, and the loser of the two is stopped.
    case away
    /// It has ended: another takes its place and its record goes, or, where its restart policy says so, it stays to be seen.
    case ended(forGood: Bool)
    /// It was told to stop. Its record goes when its agent says that it has ended, or does not name it; on a lost node
    /// nobody waits for that.
    case ends

    /// The table.
    init(wanted: StoredReplica.Intent, observed: ReplicaPhase) {
        switch (wanted, observed) {
        // `pending` is never stored: it is what is shown of what has no placement yet.
        case (.run, .pending), (.run, .starting), (.run, .running), (.run, .ready), (.run, .unhealthy),
            (.run, .backoff):
            self = .runs(.current)
        case (.run, .stopping), (.run, .lost): self = .away
        case (.run, .stopped), (.run, .succeeded), (.run, .failed): self = .ended(forGood: false)
        case (.stop, .pending), (.stop, .starting), (.stop, .running), (.stop, .ready), (.stop, .unhealthy),
            (.stop, .backoff), (.stop, .stopping), (.stop, .lost):
            self = .ends
        // Its record goes at once; one that is found nevertheless goes like that of any other that has ended.
        case (.stop, .stopped), (.stop, .succeeded), (.stop, .failed): self = .ended(forGood: false)
        }
    }

    /// How a replica with it counts for its service.
    var standing: ReplicaState.Standing {
        switch self {
        case .runs(.current): .current
        case .runs(.outdated): .outdated
        case .runs(.failing): .failing
        case .away: .gone
        case .ended(forGood: false): .vacant
        case .ended(forGood: true): .done
        case .ends: .stopping
        }
    }
}
