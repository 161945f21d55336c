import OrionCore

/// How many replicas a service has of each kind: kept as they change, so that nobody counts them.
struct Tally: Hashable, Sendable {
    private var byStanding: [Int] = Array(repeating: 0, count: ReplicaState.Standing.allCases.count)
    /// In `running`, `ready` or `unhealthy`.
    private(set) var running = 0
    /// In `ready`.
    private(set) var ready = 0
    /// In `failed`.
    private(set) var failed = 0
    /// Of those that are done, how many succeeded.
    private(set) var succeeded = 0
    /// Whose process was started at some time.
    private(set) var started = 0

    subscript(standing: ReplicaState.Standing) -> Int { byStanding[standing.rawValue] }

    /// Every record there is.
    var total: Int { byStanding.reduce(0, +) }

    mutating func add(_ replica: ReplicaState) { count(replica, 1) }
    mutating func remove(_ replica: ReplicaState) { count(replica, -1) }

    private mutating func count(_ replica: ReplicaState, _ one: Int) {
        byStanding[replica.standing.rawValue] += one
        let state = replica.stored.state
        if state.isRunning { running += one }
        if state == .ready { ready += one }
        if state == .failed { failed += one }
        if state == .succeeded { succeeded += one }
        if replica.stored.startedAt != nil || state.isRunning { started += one }
    }
}
