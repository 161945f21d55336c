package import OrionCore

/// Every replica of a node: orders and what happened to processes go in, what is to be done comes out. It knows no clock,
/// process, disk or socket, so that it runs in a simulation as it does in an agent.
///
/// It holds a `ReplicaMachine` for each replica and what they share: ports, specifications, the digest, what was forgotten.
package struct SupervisorMachine: Sendable {
    package internal(set) var replicas: [ReplicaID: HeldReplica] = [:]
    /// Forgotten replicas whose folders are kept; they never run again.
    package internal(set) var retired: [ReplicaID: RetiredReplica] = [:]
    /// Each service that has either.
    var services: [ServiceName: HeldService] = [:]
    /// How many replicas hold each port.
    var ports: [Int: Int] = [:]
    /// Of every replica here, as the control plane was or will be told.
    package internal(set) var digest = ReplicaDigest()
    /// From the moment the agent begins to end: it starts nothing.
    package internal(set) var startsNothing = false
    /// From the moment it lets its replicas go: it touches nothing.
    package internal(set) var isDetached = false
    /// Replicas that have, or will have, a process.
    package internal(set) var liveCount = 0
    /// Replicas that have ended, while that is on its way to disk.
    package internal(set) var closingCount = 0
    /// Replicas whose child is between fork and exec.
    package internal(set) var gatedCount = 0
    /// Live replicas that are stopped when the control plane was out of reach for too long.
    package internal(set) var leasedCount = 0
    /// When the last ping was sent that a control plane has answered; before the first, when this agent began.
    package internal(set) var leasedSince: ContinuousClock.Instant?
    /// Launches that wait for the answer to a ping.
    package internal(set) var unproven: [ReplicaID: Launch] = [:]
    /// No folder of a forgotten replica is too old before this.
    var collectsAt = Timestamp(milliseconds: .max)
    /// The number of the last timer.
    var timers = 0
    /// The number of the last checks.
    var checks = 0

    /// Nothing yet.
    package init() {}

    // MARK: - Orders

    /// Starts a replica; one that has a record here is only reported.
    package mutating func launch(_ order: Launch, _ now: Now) -> [SupervisorAction] {
        let id = order.replicaId
        if replicas[id] != nil { return apply(id) { _ in [.report] } }
        let service = order.service.value.name
        if retired[id] != nil {
            return [Self.absent(id, of: service, "was refused, or stopped and forgotten, here before")]
        }
        if startsNothing { return [] }
        guard ReplicaFolder.isValid(id: id.rawValue) else {
            return refuse(
                order, "no replica id: a to z, 0 to 9 and -, 1 to \(ReplicaFolder.maximumIDLength) characters")
        }
        guard replicas.count < Hello.maximumReplicas else {
            let entry = RetiredReplica(id: id, service: service, at: now.timestamp)
            retire(entry)
            return [.record(.retired(entry))] + collect(retired(of: service), now)
                + refuse(order, "this node has \(replicas.count) replicas, and takes no more")
        }
        if isUnproven(order, now) {
            unproven[id] = order
            return []
        }
        add(
            LedgerRecord(
                id: id, service: service, fence: order.fence, specification: shared(order.service),
                generation: order.generation, ports: [:]))
        return apply(id) { $0.launch() }
    }

    /// Stops a replica; one that has ended is forgotten, an unknown one reported as stopped.
    package mutating func stop(_ order: Stop, _ now: Now) -> [SupervisorAction] {
        guard let held = replicas[order.replicaId] else {
            unproven[order.replicaId] = nil
            return [Self.absent(order.replicaId, of: order.serviceName, nil)]
        }
        if held.machine.stage == .ended { return forget(held, now) }
        return apply(order.replicaId) { $0.stop(graceSeconds: order.gracePeriodSeconds, now) }
    }

    /// Gives the replicas of a service a specification that needs no new processes, where that is true of them and they do
    /// not have a newer one.
    package mutating func update(_ order: Update, _ now: Now) -> [SupervisorAction] {
        let replicas = live(of: order.serviceName)
        if replicas.isEmpty { return [] }
        let config = shared(order.config)
        let leasedSince = leasedSince
        return replicas.flatMap { id in
            apply(id) { machine in
                let isOlder = (order.generation ?? .max) < (machine.record.generation ?? 0)
                if isOlder || config.value.needsNewProcesses(comparedWith: machine.specification) { return [.report] }
                machine.changeLease(to: config.value.disconnect.stopAfterSeconds, since: leasedSince, now)
                return machine.update(config, generation: order.generation, now)
            }
        }
    }

    // MARK: - Ending

    /// Stops every replica; nothing is started any more.
    package mutating func stopAll(_ now: Now) -> [SupervisorAction] {
        startsNothing = true
        return replicas.filter { $1.machine.isLive }.keys.sorted().flatMap { id in
            apply(id) { $0.stop(graceSeconds: nil, now) }
        }
    }

    /// The agent is going to let its replicas go: nothing is started any more.
    package mutating func beginDetaching() {
        startsNothing = true
    }

    /// Lets go of every replica: nothing is done to any from now on.
    package mutating func detach() {
        startsNothing = true
        isDetached = true
    }

    // MARK: - Reading

    /// What a hello says: every replica that there is a record of, in the state that was last reported. So a hello names
    /// no final state that a power cut could undo, and agrees with the digest.
    package var statuses: [ReplicaStatus] {
        replicas.values.map(\.status).sorted { $0.replicaId < $1.replicaId }
    }

    /// What a ledger that is written anew has to hold.
    package var contents: LedgerContents {
        var contents = LedgerContents()
        contents.retired = retired
        for held in replicas.values { contents.take(held.entry) }
        return contents
    }
}
