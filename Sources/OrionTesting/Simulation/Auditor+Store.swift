import OrionCore

/// What becomes durable.
extension Auditor {
    /// Takes in a commit, and looks at what it makes of the cluster.
    mutating func stored(_ changes: [StateChange]) -> Finding? {
        let before = replicas
        let fence = highestFence
        for change in changes {
            if let finding = take(change, after: fence) { return finding }
        }
        if cluster.lastFence.rawValue < highestFence {
            return (.identity, "the last fence is behind those that were given")
        }
        return told() ?? given() ?? stopped(before) ?? replaced(before)
    }

    private mutating func take(_ change: StateChange, after fence: UInt64) -> Finding? {
        switch change {
        case .cluster(let record):
            if record.revision < cluster.revision { return (.durability, "the revision falls to \(record.revision)") }
            cluster = record
        case .configuration, .removeConfiguration: break
        case .service(let record): services[record.name] = record
        case .removeService(let name):
            services[name] = nil
            generations[name] = nil
        case .generation(let record): return take(record)
        case .removeGeneration(let name, let generation): generations[name]?[generation] = nil
        case .node(let record): nodes[record.id] = record
        case .removeNode(let id):
            nodes[id] = nil
            pace.come.remove(id)
        case .replica(let record): return take(record, after: fence)
        case .removeReplica(let id): replicas[id] = nil
        }
        return nil
    }

    private mutating func take(_ record: StoredReplica, after fence: UInt64) -> Finding? {
        let old = replicas.updateValue(record, forKey: record.id)
        if specification(of: record.service, record.generation)?.disconnect.overlap == true {
            unbound.insert(record.id)
        }
        if let old {
            guard old.node == record.node, old.service == record.service, old.fence == record.fence else {
                return (.identity, "\(record.id) is moved")
            }
            return nil
        }
        guard placed[record.id] == nil, record.fence.rawValue > fence else {
            return (.identity, "\(record.id) is placed with the fence \(record.fence), and \(fence) was given before")
        }
        // What its service is by now: services stand before replicas in a commit.
        let room = services[record.service].flatMap { self.room(of: $0)?.most } ?? 0
        placed[record.id] = Placement(node: record.node, service: record.service, fence: record.fence, room: room)
        highestFence = max(highestFence, record.fence.rawValue)
        guard let node = nodes[record.node], node.isSchedulable, !node.isDraining else {
            return (.capacity, "\(record.id) is placed on \(record.node), which takes none")
        }
        return nil
    }

    private mutating func take(_ record: StoredGeneration) -> Finding? {
        let old = generations[record.service, default: [:]].updateValue(record, forKey: record.generation)
        guard Self.hasFailed(record), old.map(Self.hasFailed) != true, !isOrdered, connected.isEmpty else { return nil }
        return (
            .deadlines,
            "generation \(record.generation) of \(record.service) has failed, and no node is connected"
        )
    }

    private static func hasFailed(_ record: StoredGeneration) -> Bool {
        record.ending?.state == .halted || record.ending?.state == .rolledBack
    }

    mutating func specification(of service: ServiceName, _ generation: Int) -> ServiceSpecification? {
        guard let record = generations[service]?[generation] else { return nil }
        if let known = specifications[record.specification] { return known }
        let value = try? OrionJSON.decode(ServiceSpecification.self, from: record.specification)
        specifications[record.specification] = value
        return value
    }

    mutating func specification(of service: StoredService) -> ServiceSpecification? {
        specification(of: service.name, service.generation)
    }

    /// Told to run on a node that is there.
    static func isTold(_ replica: StoredReplica) -> Bool {
        replica.intent == .run && !replica.state.isFinal && replica.state != .lost && replica.state != .stopping
    }

    /// Never more than are wanted and the surge are told to run.
    private mutating func told() -> Finding? {
        var counts: [ServiceName: Int] = [:]
        for replica in replicas.values where Self.isTold(replica) { counts[replica.service, default: 0] += 1 }
        for name in counts.keys.sorted() {
            guard let service = services[name], let count = counts[name] else {
                return (.surge, "\(name) is gone, and \(counts[name] ?? 0) of its replicas are told to run")
            }
            guard let (wanted, most) = room(of: service) else {
                return (.publication, "\(name) has no generation \(service.generation)")
            }
            if count > most {
                return (.surge, "\(count) of \(name) are told to run, \(wanted) are wanted and \(most) allowed")
            }
        }
        return nil
    }

    /// How many of a service are wanted, and how many may be told to run.
    private mutating func room(of service: StoredService) -> (wanted: Int, most: Int)? {
        guard let specification = specification(of: service) else { return nil }
        let wanted = service.isRemoving ? 0 : specification.replicas
        return (wanted, wanted + Self.surge(specification, wanted))
    }

    /// One where neither surge nor absence is allowed: it could not go on at all.
    private static func surge(_ specification: ServiceSpecification, _ wanted: Int) -> Int {
        let surge = specification.update.maxSurge.roundedUp(of: wanted)
        return surge == 0 && specification.update.maxUnavailable.roundedDown(of: wanted) == 0 ? 1 : surge
    }

    /// What a node has is not given twice.
    private mutating func given() -> Finding? {
        var cpu: [NodeID: Double] = [:]
        var ports: [NodeID: Set<Int>] = [:]
        for replica in replicas.values where !replica.state.isFinal {
            guard let specification = specification(of: replica.service, replica.generation) else { continue }
            cpu[replica.node, default: 0] += specification.resources.cpu ?? 0
            for port in specification.ports.compactMap(\.port)
            where !ports[replica.node, default: []].insert(port).inserted {
                return (.capacity, "port \(port) of \(replica.node) is given twice")
            }
        }
        for id in cpu.keys.sorted() {
            guard let most = nodes[id]?.capacity?.cpu, let given = cpu[id], given > most + 0.001 else { continue }
            return (.capacity, "\(given) cores of \(id) are given, it has \(most)")
        }
        return nil
    }

    /// A rollout or a drain stops no ready replica if too few would remain.
    private mutating func stopped(_ before: [ReplicaID: StoredReplica]) -> Finding? {
        guard !isOrdered else { return nil }
        var names: Set<ServiceName> = []
        for (id, replica) in replicas where replica.intent == .stop && replica.state == .ready {
            if before[id]?.intent == .run, before[id]?.state == .ready { names.insert(replica.service) }
        }
        for name in names.sorted() {
            guard let service = services[name], !service.isRemoving, let specification = specification(of: service),
                // Where both do not fit, the old one has to go first.
                specification.ports.isEmpty, specification.resources.cpu == nil
            else { continue }
            let ready = replicas.values.count { $0.service == name && $0.intent == .run && Self.isUp($0) }
            // What has failed for good is missed anyway.
            let failed = replicas.values.count { $0.service == name && $0.intent == .run && $0.state == .failed }
            let unavailable = specification.update.maxUnavailable.roundedDown(of: specification.replicas)
            let needed = specification.replicas - max(unavailable, failed)
            if ready < needed {
                return (.readiness, "a ready replica of \(name) is stopped, and \(ready) of \(needed) remain ready")
            }
        }
        return nil
    }

    private static func isUp(_ replica: StoredReplica) -> Bool {
        replica.state == .ready || replica.state == .succeeded
    }
}
