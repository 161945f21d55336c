import OrionCore

extension SupervisorMachine {
    /// A replica of that record, new here.
    mutating func add(_ record: LedgerRecord) {
        replicas[record.id] = HeldReplica(record)
        services[record.service, default: HeldService()].replicas.insert(record.id)
        hold(record.ports)
        liveCount += 1
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

    /// Forgets a replica that has ended; its output stays for a while.
    mutating func forget(_ held: HeldReplica, _ now: Now) -> [SupervisorAction] {
        let (id, service) = (held.record.id, held.record.service)
        replicas[id] = nil
        if let reported = held.reported { digest.toggle(id, reported) }
        for port in held.record.ports.values {
            ports[port, default: 0] -= 1
            if ports[port, default: 0] <= 0 { ports[port] = nil }
        }
        let entry = RetiredReplica(id: id, service: service, at: now.timestamp)
        retire(entry)
        return [.record(.retired(entry))] + collect(retired(of: service), now) + [Self.absent(id, of: service, nil)]
    }

    mutating func retire(_ replica: RetiredReplica) {
        retired[replica.id] = replica
        var service = services[replica.service, default: HeldService()]
        service.replicas.remove(replica.id)
        service.retired.insert(replica.id)
        if service.replicas.isEmpty { service.specification = nil }
        services[replica.service] = service
    }

    private func retired(of service: ServiceName) -> [RetiredReplica] {
        (services[service]?.retired ?? []).compactMap { retired[$0] }
    }

    /// Removes the folders of replicas that were forgotten long enough ago. Falls due now and then.
    package mutating func collect(_ now: Now) -> [SupervisorAction] {
        collect(Array(retired.values), now)
    }

    private mutating func collect(_ candidates: [RetiredReplica], _ now: Now) -> [SupervisorAction] {
        RetiredReplica.expired(candidates, now: now.timestamp).flatMap { replica -> [SupervisorAction] in
            retired[replica.id] = nil
            services[replica.service]?.retired.remove(replica.id)
            if services[replica.service]?.isEmpty == true { services[replica.service] = nil }
            return [.record(.removed(replica.id)), .removeFolder(replica.id.rawValue)]
        }
    }

    /// Tells the control plane how a replica is.
    mutating func report(_ held: inout HeldReplica) -> [SupervisorAction] {
        let (record, before) = (held.record, held.reported)
        guard before != record.phase else { return [.report(record.status)] }
        if let before { digest.toggle(record.id, before) }
        digest.toggle(record.id, record.phase)
        held.reported = record.phase
        // What is only found as it was left is no news.
        guard before != nil || record.phase == .starting else { return [.report(record.status)] }
        return [.log(.changed(record)), .report(record.status)]
    }

    /// Tells the control plane that there is no such replica here.
    static func absent(_ id: ReplicaID, of service: ServiceName, _ message: String?) -> SupervisorAction {
        var status = ReplicaStatus(service: service, replicaId: id, state: .stopped)
        status.message = message
        return .report(status)
    }

    func refuse(_ order: Launch) -> [SupervisorAction] {
        let reason =
            replicas.count < Self.maximumReplicas
            ? "no replica id: a to z, 0 to 9 and -, 1 to \(ReplicaFolder.maximumIDLength) characters"
            : "this node has \(replicas.count) replicas, and takes no more"
        var status = ReplicaStatus(service: order.service.value.name, replicaId: order.replicaId, state: .failed)
        status.generation = order.generation
        status.message = reason
        return [.log(.refused(order.replicaId, reason: reason)), .report(status)]
    }
}
