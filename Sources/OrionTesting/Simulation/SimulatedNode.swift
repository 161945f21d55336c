import OrionAgentKit
import OrionCore

/// A machine: what its agent has on disk, its processes, its line to the control plane, and the agent while it runs.
struct SimulatedNode {
    let id: NodeID
    /// Whether its agent knows the base fields alone.
    let isBase: Bool
    /// Whether it claims to be a node that another machine is.
    var isTwin = false
    let capacity: Capacity?
    var clock: SimulatedClock
    /// Until when nothing happens on it.
    var pausedUntil: Int64 = 0
    /// Until when its agent does nothing, while its processes run.
    var agentPausedUntil: Int64 = 0
    var hasPower = true
    /// Whether frames to the control plane get through, and frames from it.
    var reachesControl = true
    var hearsControl = true
    /// Whether it stays away while the cluster settles.
    var isGone = false

    /// Whether its agent runs.
    var isAgentUp = false
    /// Counts the starts of its agent.
    var life = 0
    var connectToken = 0
    var connection: Int?
    /// When the last connection was opened.
    var openedAt: Int64 = 0

    /// The agent, where it is a real one and runs.
    var agent: SimulatedAgent?
    /// When the last ping of its agent was sent, or the hello, that was answered; before the first, when it started.
    var answeredAt: Int64 = 0
    /// The cluster that it has seen, on disk.
    var cluster: String?
    var disk = SimulatedLedgerWriter()
    /// Until when nothing can be written.
    var diskBrokenUntil: Int64 = 0
    /// The folders of replicas.
    var folders: Set<ReplicaID> = []
    var processes: [ReplicaID: SimulatedProcess] = [:]
    var lastPid: Int32 = 100
    var boots = 1

    /// What an agent with base fields alone holds.
    var model = AgentModel()
    /// Whether something that was said to it or by it was lost with a session, which such an agent never makes good.
    var isLossy = false

    /// Until when its agent does nothing, for either reason.
    var agentActsAfter: Int64 { max(pausedUntil, agentPausedUntil) }

    /// Whether frames to that end get through.
    func passes(to end: ConnectionEnd) -> Bool { end == .agent ? hearsControl : reachesControl }

    /// The present, by its clocks.
    func time(at now: Int64) -> Now {
        Now(
            instant: SimulatedAgent.start + .nanoseconds(clock.running(at: now)),
            timestamp: Timestamp(milliseconds: 1_700_000_000_000 + now / 1_000_000))
    }
}
