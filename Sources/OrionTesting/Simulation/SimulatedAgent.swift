import OrionAgentKit
import OrionCore

/// An agent's process: the real machines of its session and of its replicas.
struct SimulatedAgent {
    enum Ending {
        /// It stops its replicas first.
        case leaving
        /// It lets its replicas run on.
        case detaching
    }

    /// Instants of all simulated clocks are counted from one of the real clock, which only has to be the same for all.
    static let start = ContinuousClock.now

    var session: SessionMachine
    var supervisor = SupervisorMachine()
    /// Made at its start.
    let instanceId: String
    /// Whether statuses are sent: a hello was.
    var isReporting = false
    var ending: Ending?
    /// Children that wait at their gate, or are about to be known to run.
    var gated: [ReplicaID: ProcessIdentity] = [:]
    /// The checks of replicas that are checked.
    var checks: [ReplicaID: SimulatedChecks] = [:]
    /// When the kernel ends it.
    var watchdog: ContinuousClock.Instant?
    var watchdogToken = 0
    /// Seconds between two heartbeats; nil until a welcome has said it.
    var beatSeconds: Double?
}

/// What an agent knows of a replica's checks.
struct SimulatedChecks {
    let number: Int
    let check: HealthCheck
    var machine: HealthMachine
}

/// A process of a replica on a machine. It outlives its agent.
struct SimulatedProcess {
    let identity: ProcessIdentity
    /// When it was started.
    let since: ContinuousClock.Instant
    let program: SimulatedProgram
    let ports: [Int]
    /// Whether it ends with its agent.
    let isBound: Bool
    /// From when on, by the true time, its checks fail.
    let failsFrom: Int64
    /// Whether its agent is told when it ends.
    var isWatched = false
    /// How it ended.
    var exit: ExitStatus?
}

/// What a service's program does, as its `env` says.
enum SimulatedProgram: String {
    static let variable = "PROGRAM"

    /// It runs until it is told to stop.
    case good
    /// It exits with 1 soon after its start.
    case crash
    /// It exits with 0 soon after its start.
    case exit
    /// It exits with 1 now and then.
    case flaky
    /// It does not mind SIGTERM.
    case deaf
    /// There is no such program.
    case missing
    /// It runs, and no check of it ever passes.
    case sick
    /// It runs, and its checks fail after a while.
    case ailing

    init(_ specification: ServiceSpecification) {
        self = specification.env[Self.variable].flatMap(SimulatedProgram.init) ?? .good
    }

    /// Whether a replica of it can be ready for good.
    var isSound: Bool { self == .good || self == .deaf }
}
