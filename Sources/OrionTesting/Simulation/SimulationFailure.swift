/// A check that did not hold in a simulation. The seed (and the number of steps) reproduces it.
public struct SimulationFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// The seed of the run.
    public let seed: UInt64
    /// After how many steps.
    public let step: Int
    /// Which check (Docs/simulation.md has them all).
    public let check: SimulationCheck
    /// What was wrong.
    public let message: String
    /// What happened before, oldest first; empty unless the run was traced.
    public var trace: [String]

    /// In one line, without the trace.
    public var description: String { "seed \(seed), step \(step): \(check.rawValue): \(message)" }
}

/// What a simulation checks.
public enum SimulationCheck: String, Hashable, Sendable, CaseIterable {
    /// Acknowledged changes are durable, and stay (protocol.md §5, 1).
    case durability
    /// A replica's id is placed once, on one node, and runs there alone, every process after the first being a counted
    /// restart (§5, 2).
    case identity
    /// A process is started only with its record on disk, and ended only for a reason (§5, 3).
    case processes
    /// Never more than `replicas` and the surge are told to run (§5, 4).
    case surge
    /// A node's capacity and fixed ports are never given twice.
    case capacity
    /// A rollout or a drain leaves enough replicas ready (§5, 5).
    case readiness
    /// No rollout fails for want of time while no node is connected.
    case deadlines
    /// While nothing goes wrong, a release that works is taken up, and one that does not is rolled back to what did.
    case rollouts
    /// A commit that fails changes nothing and loses nothing (§5, 7).
    case commits
    /// What is shown and what is stored are the same.
    case publication
    /// What a dead session still brings changes nothing.
    case sessions
    /// Nobody is lost who answers.
    case loss
    /// What a lost machine ran runs elsewhere within the timeout and two seconds (§5, 4).
    case replacement
    /// What must not run twice (`disconnect.overlap: false`) never runs beside what replaced it, nor beside more than its
    /// service may have.
    case overlap
    /// Where many machines vanish at once, what they ran is replaced little by little.
    case pace
    /// Once nothing goes wrong any more, what runs is what is wanted.
    case convergence
    /// A settled state stays as it is: a full look at it, a restart of the control plane or of agents decides nothing.
    case fixpoint
}
