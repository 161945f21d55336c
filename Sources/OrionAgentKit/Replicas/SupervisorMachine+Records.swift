import OrionCore

/// The ledger, and what is told.
extension SupervisorMachine {
    /// An entry that had to come to disk is there.
    ///
    /// What waited for it longer than its lease lasts, since the machine stood still or its disk did, does not start.
    package mutating func recorded(_ entry: LedgerEntry, _ now: Now) -> [SupervisorAction] {
        switch entry {
        case .replica(let record):
            let ending = endLease(of: record.id, now)
            return ending.isEmpty ? apply(record.id, of: record.process) { $0.recorded() } : ending
        case .retired(let replica): return forgotten(replica, now)
        case .removed: return []
        }
    }

    /// An entry that has to come to disk did not. That a replica ended or was forgotten is tried again, until it does.
    package mutating func notRecorded(_ entry: LedgerEntry, _ reason: String) -> [SupervisorAction] {
        let id = entry.id
        guard !isDetached, var held = replicas[id] else { return [] }
        let note = SupervisorAction.log(.trouble(id, reason: reason))
        switch entry {
        case .replica(let record):
            guard held.record.process == record.process else { return [] }
            return [note] + apply(id) { $0.notRecorded(reason) }
        case .retired:
            let timer = setTimer(&held, seconds: ReplicaMachine.recordAgainSeconds)
            replicas[id] = held
            return [note, timer]
        case .removed:
            return []
        }
    }

    /// A replica of that record, new here.
    mutating func add(_ record: LedgerRecord) {
        replicas[record.id] = HeldReplica(record)
        services[record.service, default: HeldService()].replicas.insert(record.id)
        hold(record.ports)
        liveCount += 1
        if record.specification.value.disconnect.stopAfterSeconds != nil { leasedCount += 1 }
    }

    mutating func hold(_ numbers: [String: Int]) {
        for port in numbers.values { ports[port, default: 0] += 1 }
    }

    /// The replicas of a service that have, or will have, a process.
    func live(of service: ServiceName) -> [ReplicaID] {
        (services[service]?.replicas ?? []).filter { replicas[$0]?.machine.isLive == true }.sorted()
    }

    /// The specification of a launch, or an equal one that is here already.
    mutating func shared(_ specification: SharedSpecification) -> SharedSpecification {
        let name = specification.value.name
        if let known = services[name]?.specification, known.json == specification.json { return known }
        services[name, default: HeldService()].specification = specification
        return specification
    }

    /// Forgets a replica that has ended, as soon as that is on disk; its output stays for a while.
    mutating func forget(_ held: HeldReplica, _ now: Now) -> [SupervisorAction] {
        guard !isDetached, held.retirement == nil else { return [] }
        var held = held
        held.retirement = RetiredReplica(id: held.record.id, service: held.record.service, at: now.timestamp)
        replicas[held.record.id] = held
        return [.recordDurably(held.entry)]
    }

    private mutating func forgotten(_ entry: RetiredReplica, _ now: Now) -> [SupervisorAction] {
        let (id, service) = (entry.id, entry.service)
        guard !isDetached, let held = replicas[id], held.retirement == entry else { return [] }
        replicas[id] = nil
        if let reported = held.reported { digest.toggle(id, reported) }
        for port in held.record.ports.values {
            ports[port, default: 0] -= 1
            if ports[port, default: 0] <= 0 { ports[port] = nil }
        }
        retire(entry)
        return collect(retired(of: service), now) + [Self.absent(id, of: service, nil)]
    }

    mutating func retire(_ replica: RetiredReplica) {
        retired[replica.id] = replica
        collectsAt = min(collectsAt, replica.expiresAt)
        var service = services[replica.service, default: HeldService()]
        service.replicas.remove(replica.id)
        service.retired.insert(replica.id)
        if service.replicas.isEmpty { service.specification = nil }
        services[replica.service] = service
    }

    func retired(of service: ServiceName) -> [RetiredReplica] {
        (services[service]?.retired ?? []).compactMap { retired[$0] }
    }

    /// Removes the folders of replicas that were forgotten long enough ago. Falls due now and then, and costs nothing while
    /// none is that old.
    package mutating func collect(_ now: Now) -> [SupervisorAction] {
        guard now.timestamp > collectsAt else { return [] }
        let actions = collect(Array(retired.values), now)
        collectsAt = retired.values.map(\.expiresAt).min() ?? Timestamp(milliseconds: .max)
        return actions
    }

    mutating func collect(_ candidates: [RetiredReplica], _ now: Now) -> [SupervisorAction] {
        RetiredReplica.expired(candidates, now: now.timestamp).flatMap { replica -> [SupervisorAction] in
            retired[replica.id] = nil
            services[replica.service]?.retired.remove(replica.id)
            if services[replica.service]?.isEmpty == true { services[replica.service] = nil }
            return [.record(.removed(replica.id)), .removeFolder(replica.id.rawValue)]
        }
    }

    /// Tells the control plane how a replica is.
    mutating func report(_ held: inout HeldReplica) -> [SupervisorAction] {
        let (status, before) = (held.status, held.reported)
        guard before != status.state else { return [.report(status)] }
        if let before { digest.toggle(status.replicaId, before) }
        digest.toggle(status.replicaId, status.state)
        held.reported = status.state
        // What is only found as it was left is no news.
        guard before != nil || status.state == .starting else { return [.report(status)] }
        return [.log(.changed(held.record)), .report(status)]
    }

    /// Tells the control plane that there is no such replica here.
    static func absent(_ id: ReplicaID, of service: ServiceName, _ message: String?) -> SupervisorAction {
        var status = ReplicaStatus(service: service, replicaId: id, state: .stopped)
        status.message = message
        return .report(status)
    }

    /// Does not take a launch. Nothing ran, so nothing has failed: `stopped` has the control plane place it anew, elsewhere
    /// or with back-off. `failed` would be the end of a service that is never restarted.
    func refuse(_ order: Launch, _ reason: String) -> [SupervisorAction] {
        [
            .log(.refused(order.replicaId, reason: reason)),
            Self.absent(order.replicaId, of: order.service.value.name, reason),
        ]
    }
}
