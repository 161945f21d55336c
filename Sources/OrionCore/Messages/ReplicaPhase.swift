/// Where a replica is in its life.
///
/// Within one process: starting → running → ready ⇄ unhealthy. `lost` is the control plane's view of a replica whose
/// node is gone, and ends with that node's next hello.
public enum ReplicaPhase: String, Hashable, Sendable, Encodable, CaseIterable {
    /// Wanted, not placed yet.
    case pending
    /// Placed; its process does not run yet.
    case starting
    /// Its process runs.
    case running
    /// Its process runs and has passed its health check.
    case ready
    /// Its process runs and fails its health check.
    case unhealthy
    /// Its process has ended and is started again after a delay.
    case backoff
    /// It is being stopped.
    case stopping
    /// It was stopped. Final.
    case stopped
    /// It exited with 0 and is not restarted. Final.
    case succeeded
    /// It exited otherwise, or could not be started, and is not restarted. Final.
    case failed
    /// Its node is gone.
    case lost

    /// Whether nothing follows: a final replica has no process and never will.
    public var isFinal: Bool { self == .stopped || self == .succeeded || self == .failed }

    /// Whether it has a process now.
    public var isRunning: Bool { self == .running || self == .ready || self == .unhealthy }
}
