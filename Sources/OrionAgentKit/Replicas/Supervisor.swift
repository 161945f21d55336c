import Dispatch
import Logging
import OrionCore

/// The shell of `SupervisorMachine`: does what that wants done, with processes, the ledger, timers and the session, and
/// tells it what came of it.
///
/// One actor for all replicas, on a dispatch queue of its own: what sources and timers say comes in there without a task,
/// and statuses leave in the order in which things happened.
actor Supervisor {
    nonisolated let executor: QueueExecutor
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    let launcher: Launcher
    let containment: Containment
    let replicasPath: String
    let logger: Logger
    let maintenance: OutputMaintenance
    let checker: HealthChecker
    var machine = SupervisorMachine()
    var ledger: Ledger
    /// Ends what must not outlive its lease where this agent cannot.
    private let watchdog: Watchdog?
    /// Where children are forked.
    let spawning = DispatchQueue(label: "orion.spawn")
    /// The children that wait at their gate.
    var gated: [ReplicaID: GatedProcess] = [:]
    /// The processes that run, and those whose group is not empty yet.
    var processes: [ReplicaID: WatchedProcess] = [:]
    /// Where statuses go; nowhere while there is no session.
    var reporter: (@Sendable (ReplicaStatus) -> Void)?
    /// Why the ledger could not be written anew, and until when that is not tried again: it costs two flushes, and
    /// thousands may want it at a time.
    var rewriteFailure: (reason: String, until: ContinuousClock.Instant)?
    static let rewritePauseSeconds = 1
    private static let noWatchdog =
        "No watchdog: replicas with disconnect.overlap: false may outlive their lease where this agent stands still."
    private var whenSettled: [CheckedContinuation<Void, Never>] = []

    init(
        executor: QueueExecutor, launcher: Launcher, containment: Containment, probe: any HealthProbe,
        directory: DataDirectory, ledger: Ledger, logger: Logger, trimmer: OutputTrimmer = OutputTrimmer()
    ) {
        self.executor = executor
        self.launcher = launcher
        self.containment = containment
        self.checker = HealthChecker(probe: probe)
        self.replicasPath = directory.replicasPath
        self.ledger = ledger
        self.logger = logger
        self.maintenance = OutputMaintenance(trimmer: trimmer, logger: logger)
        do throws(Watchdog.Unavailable) {
            watchdog = try Watchdog()
        } catch {
            watchdog = nil
            logger.warning("\(Self.noWatchdog)", metadata: ["reason": "\(error.reason)"])
        }
    }

    // MARK: - Orders

    /// Starts a replica; one that has a record here is only reported.
    func launch(_ order: Launch) {
        perform(machine.launch(order, Now.read()))
    }

    /// Stops a replica; one that has ended is forgotten, an unknown one reported as stopped.
    func stop(_ order: Stop) {
        perform(machine.stop(order, Now.read()))
    }

    /// Gives the replicas of a service a specification that needs no new processes, where that is true of them.
    func update(_ order: Update) {
        let now = Now.read()
        perform(machine.update(order, now))
        setWatchdog(now)
    }

    /// A ping that was sent at that time has been answered.
    func leaseRenewed(since instant: ContinuousClock.Instant) {
        let now = Now.read()
        perform(machine.leaseRenewed(since: instant, now))
        setWatchdog(now)
    }

    /// The session's orders are void, and nobody is there to be told.
    func sessionEnded() {
        reporter = nil
        machine.sessionEnded()
    }

    /// Stops what has run for too long without a control plane.
    func endLeases(_ now: Now) {
        perform(machine.endLeases(now))
        setWatchdog(now)
    }

    /// This agent does not stand still.
    private func setWatchdog(_ now: Now) {
        watchdog?.set(machine.watchdogDeadline(now))
    }

    /// A replica is about to run.
    func guardLease(of id: ReplicaID) {
        if let deadline = machine.watchdogDeadline(for: id, Now.read()) { watchdog?.limit(to: deadline) }
    }

    // MARK: - Reading

    /// Whether something here must not outlive its lease.
    var isGuarding: Bool { watchdog?.deadline != nil }

    /// Whether there is a record of any replica.
    var holdsReplicas: Bool { !machine.replicas.isEmpty }

    /// What a hello says: every replica that there is a record of.
    var statuses: [ReplicaStatus] { machine.statuses }

    /// What a heartbeat says of them.
    var digest: ReplicaDigest { machine.digest }

    /// Statuses go to `reporter` from now on.
    func setReporter(_ reporter: (@Sendable (ReplicaStatus) -> Void)?) {
        self.reporter = reporter
    }

    /// Whether a replica has, or will have, a process.
    func isLive(_ id: ReplicaID) -> Bool { machine.replicas[id]?.machine.isLive ?? false }

    /// The sessions (and process groups) that are running now, by their number.
    func sessions() -> [Int32: ReplicaID] {
        processes.reduce(into: [:]) { $0[$1.value.identity.pid] = $1.key }
    }

    // MARK: - Time

    /// What falls due now and then: old output and old folders.
    func maintain() {
        let paths = processes.keys.flatMap { [folder(of: $0).stdoutPath, folder(of: $0).stderrPath] }
        if !paths.isEmpty { maintenance.trim(paths) }
        perform(machine.collect(Now.read()))
    }

    // MARK: - Ending

    /// Stops every replica; nothing is started any more.
    func stopAll() {
        perform(machine.stopAll(Now.read()))
    }

    /// Returns once no replica has a process, and what became of each is on disk or so many seconds have gone: a disk that
    /// hangs keeps no machine from going down.
    func allStopped(withinSeconds seconds: Int = 5) async {
        await settled(by: .distantFuture) { $0.liveCount == 0 }
        await settled(by: .now() + .seconds(seconds)) { $0.closingCount == 0 }
    }

    /// Lets go of every replica, without touching it: returns once none is between fork and exec, or so many seconds
    /// later (a disk that hangs keeps no upgrade waiting; what has not been released then ends with the agent).
    func detach(withinSeconds seconds: Int = 5) async {
        machine.beginDetaching()
        await settled(by: .now() + .seconds(seconds)) { $0.gatedCount == 0 }
        // In another program's process, which need not end now.
        for (id, held) in machine.replicas where held.machine.endsWithAgent { processes[id]?.killGroup() }
        machine.detach()
        await checker.endAll()
    }

    private func settled(by deadline: DispatchTime, _ isSettled: (SupervisorMachine) -> Bool) async {
        if deadline != .distantFuture {
            executor.queue.asyncAfter(deadline: deadline) { self.assumeIsolated { $0.settle() } }
        }
        while !isSettled(machine), .now() < deadline {
            await withCheckedContinuation { whenSettled.append($0) }
        }
    }

    /// Lets everyone look again who waits for replicas to have settled.
    func settle() {
        let waiting = whenSettled
        whenSettled = []
        for continuation in waiting { continuation.resume() }
    }

    /// Where a replica's output is.
    nonisolated func folder(of id: ReplicaID) -> ReplicaFolder {
        ReplicaFolder(id: id.rawValue, path: replicasPath + "/" + id.rawValue)
    }
}
