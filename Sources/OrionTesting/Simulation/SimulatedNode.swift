import OrionCore

/// A machine, its agent and its processes.
struct SimulatedNode {
    let id: NodeID
    /// Whether its agent knows the base fields alone.
    let isBase: Bool
    let capacity: Capacity?
    var clock: SimulatedClock
    /// Until when nothing happens on it.
    var pausedUntil: Int64 = 0
    var hasPower = true
    /// Whether frames to the control plane get through, and frames from it.
    var reachesControl = true
    var hearsControl = true
    /// Whether its agent runs.
    var isAgentUp = true
    /// Counts the starts of its agent.
    var life = 1
    var connectToken = 0
    var connection: Int?
    var failures = 0
    /// What the agent holds; its ledger, too.
    var model = AgentModel()
    /// Whether something that was said to it or by it was lost with a session, which an agent with base fields alone
    /// never makes good.
    var isLossy = false
    /// Whether it stays away while the cluster settles.
    var isGone = false

    /// Whether frames of that direction get through.
    func passes(to end: ConnectionEnd) -> Bool { end == .agent ? hearsControl : reachesControl }
}
