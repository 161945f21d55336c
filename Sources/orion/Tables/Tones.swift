import OrionCore

extension ServiceStatus.Summary {
    /// What the word means at a glance.
    var tone: Style.Tone {
        switch self {
        case .running, .completed: .good
        case .pending, .updating, .degraded: .attention
        case .failed: .bad
        case .stopped: .faint
        }
    }
}

extension ReplicaPhase {
    /// What the word means at a glance.
    var tone: Style.Tone {
        switch self {
        case .ready, .running, .succeeded: .good
        case .pending, .starting, .backoff, .stopping, .unhealthy: .attention
        case .failed, .lost: .bad
        case .stopped: .faint
        }
    }
}

extension NodeRecord.Status {
    /// What the word means at a glance.
    var tone: Style.Tone {
        switch self {
        case .ready: .good
        case .notReady: .bad
        case .unknown: .attention
        }
    }
}

extension ServiceChange.Action {
    /// What the word means at a glance.
    var tone: Style.Tone {
        switch self {
        case .created, .updated: .good
        case .removed, .orphaned: .attention
        case .unchanged: .faint
        }
    }
}
