/// What came of one simulated history.
public struct SimulationReport: Hashable, Sendable {
    /// Steps made.
    public var steps = 0
    /// Simulated seconds.
    public var simulatedSeconds = 0.0
    /// A hash of everything that happened: the same for the same seed and number of steps, in every process.
    public var traceHash: UInt64 = 0
    /// How often each thing of interest happened, to see that a history was worth its time.
    public var counts = SimulationCounts()
    /// The first check that did not hold.
    public var failure: SimulationFailure?
}

/// How often something happened.
public struct SimulationCounts: Hashable, Sendable {
    /// Processes started.
    public var starts = 0
    /// Sessions that an agent opened.
    public var sessions = 0
    /// Deaths of the control plane.
    public var controlPlaneDeaths = 0
    /// Deaths of agents.
    public var agentDeaths = 0
    /// Machines that lost their power.
    public var powerLosses = 0
    /// Commits that succeeded.
    public var commits = 0
    /// Commits that failed or lost their outcome.
    public var failedCommits = 0
    /// Nodes that were given up for lost.
    public var losses = 0
    /// Changes that were acknowledged.
    public var acknowledged = 0
    /// Frames of dead sessions that the engine was given.
    public var lateFrames = 0
    /// Times that the cluster was seen settled.
    public var settled = 0
}
