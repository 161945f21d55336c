import OrionCore

/// What is kept of a heartbeat until the next one.
struct LastHeartbeat: Sendable {
    /// By the wall clock.
    let receivedAt: Timestamp
    /// What its node used.
    let usage: Usage
    /// What each replica used, as far as the agent said so.
    let replicas: [ReplicaID: Usage]
}
