public import OrionScheduler

/// What an operator or an embedder may set of a control plane.
public struct ControlPlaneOptions: Hashable, Sendable {
    /// The scheduler's own options.
    public var reconciler: ReconcilerOptions

    /// Events that may wait: some seconds' work, and some tens of MiB. Beyond it clients are refused and agents not read.
    /// A hello or a heartbeat counts for one more for each sixteen replicas that it tells of.
    public var mailboxLimit = 65_536

    /// Events of one session that may wait, counted alike, so that an agent that floods holds back nobody but itself.
    public var sessionLimit = 1_024

    /// Events that one step takes in: enough that a burst is one commit, few enough that nobody waits long for it, nor for
    /// what it sends: thousands of agents that come back at once are all to be welcomed.
    public var batchLimit = 1_024

    /// Seconds between two attempts to write while the store cannot be written.
    public var probeIntervalSeconds = 1.0

    /// Seconds that a commit may take until clients are refused rather than left to wait: more than a busy disk takes for
    /// a flush, and less than callers and load balancers usually wait, so that they hear the reason and can go elsewhere.
    public var commitPatienceSeconds = 5.0

    /// The defaults.
    public init(reconciler: ReconcilerOptions = ReconcilerOptions()) { self.reconciler = reconciler }
}
