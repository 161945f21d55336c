/// What an operator may set of the scheduler's judgement.
public struct ReconcilerOptions: Hashable, Sendable {
    /// Seconds between two heartbeats, told to agents.
    public var heartbeatIntervalSeconds: Double
    /// Seconds of silence until a node is lost.
    public var heartbeatTimeoutSeconds: Double

    /// The contract's defaults.
    public init(heartbeatIntervalSeconds: Double = 5, heartbeatTimeoutSeconds: Double = 10) {
        self.heartbeatIntervalSeconds = heartbeatIntervalSeconds
        self.heartbeatTimeoutSeconds = heartbeatTimeoutSeconds
    }
}
