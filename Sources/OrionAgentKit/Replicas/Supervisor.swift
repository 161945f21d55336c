import Dispatch
import Logging
import OrionCore

/// Every replica of this node: takes orders, runs the machines, and does what they want done.
///
/// One actor for all, on a dispatch queue of its own: what sources and timers say comes in there without a task, and
/// statuses leave in the order in which things happened.
actor Supervisor {
    /// More records than any control plane gives a node (4,000) with what it may not have answered yet.
    static let maximumReplicas = 10_000

    nonisolated let executor: QueueExecutor
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    let launcher: Launcher
    let replicasPath: String
    let logger: Logger
    var ledger: Ledger
    var replicas: [ReplicaID: Replica] = [:]
    var retired: [ReplicaID: RetiredReplica] = [:]
    /// The last specification of each service, to share it among replicas whose launches bring the same.
    var specifications: [ServiceName: SharedSpecification] = [:]
    /// How many replicas hold each port.
    var ports: [Int: Int] = [:]
    /// Of every replica here, as the control plane was or will be told.
    var digest = ReplicaDigest()
    /// Where statuses go; nowhere while there is no session.
    var reporter: (@Sendable (ReplicaStatus) -> Void)?
    /// From the moment the agent begins to end: it starts nothing.
    var startsNothing = false
    /// From the moment it lets its replicas go: it touches nothing.
    var isDetached = false
    /// Replicas that have, or will have, a process.
    var liveCount = 0
    /// Replicas whose child is between fork and exec.
    var gatedCount = 0
    var whenSettled: [CheckedContinuation<Void, Never>] = []
    let maintenance: OutputMaintenance

    init(
        executor: QueueExecutor, launcher: Launcher, directory: DataDirectory, ledger: Ledger, logger: Logger,
        trimmer: OutputTrimmer = OutputTrimmer()
    ) {
        self.executor = executor
        self.launcher = launcher
        self.replicasPath = directory.replicasPath
        self.ledger = ledger
        self.logger = logger
        self.maintenance = OutputMaintenance(trimmer: trimmer, logger: logger)
    }

    // MARK: - Orders

    /// Starts a replica; one that has a record here is only reported.
    func launch(_ order: Launch) {
        if let known = replicas[order.replicaId] { return report(known) }
        if retired[order.replicaId] != nil {
            return reportAbsent(order.replicaId, of: order.service.value.name, "was stopped and forgotten here before")
        }
        if startsNothing { return }
        guard ReplicaFolder.isValid(id: order.replicaId.rawValue), replicas.count < Self.maximumReplicas else {
            return refuse(order)
        }
        let record = LedgerRecord(
            id: order.replicaId, service: order.service.value.name, fence: order.fence,
            specification: shared(order.service), generation: order.generation, ports: [:])
        let replica = add(record)
        apply(replica) { $0.launch() }
    }

    /// Stops a replica; one that has ended is forgotten, an unknown one reported as stopped.
    func stop(_ order: Stop) {
        guard let replica = replicas[order.replicaId] else {
            return reportAbsent(order.replicaId, of: order.serviceName, nil)
        }
        guard replica.machine.isLive else { return forget(replica) }
        apply(replica) { $0.stop(graceSeconds: order.gracePeriodSeconds, Now.read()) }
    }

    /// Gives the replicas of a service a specification that needs no new processes, where that is true of them.
    func update(_ order: Update) {
        let config = shared(order.config)
        for replica in replicas.values where replica.record.service == order.serviceName && replica.machine.isLive {
            if config.value.needsNewProcesses(comparedWith: replica.machine.specification) {
                report(replica)
            } else {
                apply(replica) { $0.update(config, generation: order.generation) }
            }
        }
    }

    // MARK: - Reading

    /// What a hello says: every replica that there is a record of.
    func statuses() -> [ReplicaStatus] {
        replicas.values.map(\.record.status).sorted { $0.replicaId < $1.replicaId }
    }

    /// Statuses go to `reporter` from now on.
    func setReporter(_ reporter: (@Sendable (ReplicaStatus) -> Void)?) {
        self.reporter = reporter
    }

    /// The sessions (and process groups) that are running now, by their number.
    func sessions() -> [Int32: ReplicaID] {
        replicas.values.reduce(into: [:]) { sessions, replica in
            if let process = replica.process { sessions[process.identity.pid] = replica.id }
        }
    }

    // MARK: - Ending

    /// Stops every replica; nothing is started any more.
    func stopAll() {
        startsNothing = true
        for replica in replicas.values where replica.machine.isLive {
            apply(replica) { $0.stop(graceSeconds: nil, Now.read()) }
        }
    }

    /// Returns once no replica has a process.
    func allStopped() async {
        while liveCount > 0 {
            await withCheckedContinuation { whenSettled.append($0) }
        }
    }

    /// Lets go of every replica, without touching it: returns once none is between fork and exec, or so many seconds
    /// later (a disk that hangs keeps no upgrade waiting; what has not been released then ends with the agent).
    func detach(withinSeconds seconds: Int = 5) async {
        startsNothing = true
        executor.queue.asyncAfter(deadline: .now() + .seconds(seconds)) {
            self.assumeIsolated {
                $0.isDetached = true
                $0.settled()
            }
        }
        while gatedCount > 0, !isDetached {
            await withCheckedContinuation { whenSettled.append($0) }
        }
        isDetached = true
    }

    // MARK: - Records

    /// A replica of that record, new here.
    func add(_ record: LedgerRecord) -> Replica {
        let folder = ReplicaFolder(id: record.id.rawValue, path: replicasPath + "/" + record.id.rawValue)
        let replica = Replica(record, folder: folder)
        replicas[record.id] = replica
        hold(record.ports)
        liveCount += 1
        return replica
    }

    func hold(_ numbers: [String: Int]) {
        for port in numbers.values { ports[port, default: 0] += 1 }
    }

    /// The specification of a launch, or an equal one that is here already.
    func shared(_ specification: SharedSpecification) -> SharedSpecification {
        let name = specification.value.name
        if let known = specifications[name], known.json == specification.json { return known }
        specifications[name] = specification
        return specification
    }

    private func refuse(_ order: Launch) {
        let reason =
            replicas.count < Self.maximumReplicas
            ? "no replica id: a to z, 0 to 9 and -, 1 to \(ReplicaFolder.maximumIDLength) characters"
            : "this node has \(replicas.count) replicas, and takes no more"
        logger.error("Launch refused.", metadata: ["replica": "\(order.replicaId)", "reason": "\(reason)"])
        var status = ReplicaStatus(service: order.service.value.name, replicaId: order.replicaId, state: .failed)
        status.generation = order.generation
        status.message = reason
        reporter?(status)
    }
}
