import OrionCore

/// The scheduler's bounds, each with its reason.
enum SchedulerLimits {
    /// Launches that a session has not answered: enough to keep an agent busy, few enough to let a stop through soon.
    static let unansweredLaunches = 256
    /// Seconds after which a launch, stop or update that was not answered is sent again.
    static let repeatAfterSeconds = 5.0
    /// Seconds beyond the grace period after which a stop counts as obeyed by an agent with base fields alone.
    static let baseStopPatienceSeconds = 10.0
    /// Replicas that a node takes: its hello must fit in a frame of 1 MiB.
    static let replicasPerNode = 4_000
    /// Replicas that a session's agent may report beyond those placed there: an agent that invents ids must not fill the
    /// memory.
    static let reportedReplicas = Hello.maximumReplicas
    /// Nodes that are remembered: hellos with invented ids must not fill the store.
    static let nodes = 50_000
    /// Generations kept of a service, for rolling back.
    static let generationsKept = 10
    /// Replicas kept as evidence of a failed rollout: what fails, mostly fails everywhere alike.
    static let replicasInEvidence = 5
    /// Services that a draining node's record names: what one sees of a screen.
    static let servicesInDrain = 10
    /// Replicas without a place that a service's record lists: thousands of services may each want thousands.
    static let pendingShown = 10
    /// Exits in a row after which a replica is tried on another node.
    static let exitsBeforeMove = 3
    /// Nodes from which on the loss of more than a third of them counts as a partition rather than as many failures.
    static let pacedNodes = 4
    /// Replacements a second where they are paced, at least.
    static let slowestReplacementsPerSecond = 10.0
    /// Seconds beyond an agent's lease until what it has to have stopped may be replaced: for its timers.
    static let leaseMarginSeconds = 1.0
    /// The share of a lease by which its agent's clock may differ from ours.
    static let leaseDrift = 0.01
    /// Seconds beyond the timeout for which a start may wait for agents that still come back.
    static let longestGraceSeconds = 60.0
}
