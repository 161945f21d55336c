import OrionAgentKit
import OrionCore

/// Something that happens at a time. Tokens tell those apart that were overtaken by another of their kind.
enum SimulatedEvent {
    /// Someone changes their mind.
    case act
    /// Something breaks.
    case disturb
    /// Something that was broken is mended.
    case mend(Mending)
    /// Time to see whether the cluster has settled.
    case look(token: Int)
    /// The control plane is started.
    case controlPlaneStarts
    /// The engine has something to do.
    case engineWakes(token: Int)
    /// A commit has come to an end.
    case commitEnds(token: Int)
    /// The store is tried again.
    case engineRetries(token: Int)
    /// A frame arrives at an end of a connection.
    case arrives(connection: Int, at: ConnectionEnd)
    /// An end of a connection pings, or gives up.
    case keepAlive(connection: Int, at: ConnectionEnd, token: Int)
    /// The time for the answer to a probe is over.
    case probeEnds(connection: Int, probe: UInt64)
    /// The time for the answer to a close is over.
    case closeEnds(connection: Int)
    /// An agent connects.
    case agentConnects(node: Int, token: Int)
    /// An agent's heartbeat is due.
    case agentBeats(connection: Int)
    /// A machine's agent is started.
    case agentStarts(node: Int)
    /// The time for a welcome is over.
    case welcomeIsDue(connection: Int)
    /// An attempt to connect has come to nothing.
    case connectFails(node: Int, token: Int)
    /// A flush of a ledger has ended.
    case flushEnds(node: Int, life: Int)
    /// A child that was let go is known to run, or not to.
    case released(node: Int, life: Int, ReplicaID)
    /// A timer of a replica's machine fires.
    case agentTimer(node: Int, life: Int, ReplicaID, number: Int)
    /// A process ends.
    case processEnds(node: Int, ReplicaID, pid: Int32, ExitStatus)
    /// An agent notices that a process has ended.
    case exitNoticed(node: Int, life: Int, ReplicaID, pid: Int32)
    /// Nothing is left of a process's group.
    case groupEmptied(node: Int, life: Int, ReplicaID)
    /// A check of a replica has ended.
    case checkEnds(node: Int, life: Int, ReplicaID, number: Int)
    /// An agent looks at its leases.
    case leaseTick(node: Int, life: Int)
    /// An agent's watchdog ends it.
    case watchdogBites(node: Int, life: Int, token: Int)
    /// An agent that detaches waits no longer.
    case detachIsDue(node: Int, life: Int)
}

/// Which end of a connection.
enum ConnectionEnd: Int {
    case agent
    case control

    var other: ConnectionEnd { self == .agent ? .control : .agent }
}

/// The end of a disturbance.
enum Mending {
    case line(node: Int)
    case controlPlane
    case power(node: Int)
}
