import HashTreeCollections
import OrionCore

/// The only places where services, nodes and replicas come, change and go: each keeps every index.
extension ClusterState {
    mutating func setService(_ name: ServiceName, _ service: ServiceState?) {
        let old = services[name]
        if let old, old.stored.config != service?.stored.config {
            serviceNamesByConfiguration[old.stored.config]?.remove(name)
        }
        if let service, old?.stored.config != service.stored.config {
            serviceNamesByConfiguration[service.stored.config, default: SortedTree()].insert(name)
        }
        if old == nil, service != nil { serviceNames.insert(name) }
        if service == nil {
            serviceNames.remove(name)
            waiting.remove(name)
            timers.cancel(.service(name))
        }
        services[name] = service
    }

    mutating func addNode(_ node: NodeState) {
        nodes[node.id] = node
        nodeIDsByName[node.stored.name, default: SortedTree()].insert(node.id)
        ring.insert(node.id, at: ringIndex(after: node.id))
    }

    mutating func renameNode(_ id: NodeID, to name: String) {
        guard let old = nodes[id]?.stored.name, old != name else { return }
        removeName(old, of: id)
        nodes[id]?.stored.name = name
        nodeIDsByName[name, default: SortedTree()].insert(id)
    }

    /// Removes a node that holds no replicas any more.
    mutating func removeNode(_ id: NodeID) {
        guard let node = nodes.removeValue(forKey: id) else { return }
        heartbeats[id] = nil
        removeName(node.stored.name, of: id)
        let index = ringIndex(after: id) - 1
        if ring.indices.contains(index), ring[index] == id { ring.remove(at: index) }
        if node.presence.isPresent { nodesPresent -= 1 }
        timers.cancel(.node(id))
    }

    private mutating func removeName(_ name: String, of id: NodeID) {
        nodeIDsByName[name]?.remove(id)
        if nodeIDsByName[name]?.isEmpty == true { nodeIDsByName[name] = nil }
    }

    /// Where in the ring the nodes after `id` begin.
    func ringIndex(after id: NodeID?) -> Int {
        guard let id else { return 0 }
        var low = 0
        var high = ring.count
        while low < high {
            let middle = (low + high) / 2
            if ring[middle] <= id { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Puts a replica in place of what was known under its id (nil: it goes), and finds out how it counts at `now`.
    mutating func setReplica(_ id: ReplicaID, _ replica: ReplicaState?, at now: Instant) {
        let old = replicas[id]
        var new = replica
        new = new.map { classified($0, at: now) }
        if let name = new?.service ?? old?.service { services[name]?.members.replace(old, with: new) }
        if let nodeID = new?.node ?? old?.node { setPlacement(on: nodeID, old, new) }
        replicas[id] = new
    }

    /// Puts all replicas of a service, sorted by their ids, where none are known yet; their nodes are to list them then.
    mutating func setReplicas(of name: ServiceName, _ sorted: [ReplicaState], at now: Instant) {
        let members = sorted.map { classified($0, at: now) }
        services[name]?.members = Members(sorted: members)
        for replica in members {
            replicas[replica.id] = replica
            if replica.holdsResources { nodes[replica.node]?.allocation.add(replica.demand) }
        }
    }

    private mutating func setPlacement(on nodeID: NodeID, _ old: ReplicaState?, _ new: ReplicaState?) {
        let held = old.flatMap { $0.holdsResources ? $0.demand : nil }
        let holds = new.flatMap { $0.holdsResources ? $0.demand : nil }
        guard held != holds || (old == nil) != (new == nil) else { return }
        if let held { nodes[nodeID]?.allocation.subtract(held) }
        if let holds { nodes[nodeID]?.allocation.add(holds) }
        if let id = new?.id, old == nil { nodes[nodeID]?.replicas.insert(id) }
        if let id = old?.id, new == nil { nodes[nodeID]?.replicas.remove(id) }
    }
}

extension ClusterState {
    /// How a replica counts for its service at `now`.
    private func classified(_ replica: ReplicaState, at now: Instant) -> ReplicaState {
        var replica = replica
        replica.dueAt = nil
        replica.isBound = false
        if let aliveSince = replica.aliveSince, replica.exitsInARow > 0 {
            let recovers = aliveSince.advanced(
                bySeconds: replica.specification.value.restart.resetAfterSeconds)
            if recovers <= now { replica.exitsInARow = 0 } else if replica.isToMove { replica.dueAt = recovers }
        }
        guard let service = services[replica.service] else {
            replica.standing = .stopping
            replica.level = ReplicaState.Level.lost
            return replica
        }
        replica.standing = outlook(of: replica, in: service).standing
        switch replica.standing {
        case .current, .outdated, .failing: setReadiness(of: &replica, in: service, at: now)
        case .gone:
            replica.level = replica.replacedBy == nil ? ReplicaState.Level.unreplaced : ReplicaState.Level.replaced
            if replica.replacedBy == nil, waits(&replica, at: now) {
                replica.level = ReplicaState.Level.awaited
                replica.isBound = !replica.specification.value.disconnect.overlap
            }
        case .vacant:
            let isWaiting = waits(&replica, at: now) || replica.isHeld
            replica.level = isWaiting ? ReplicaState.Level.held : ReplicaState.Level.free
        case .done:
            replica.level =
                replica.stored.state == .failed ? ReplicaState.Level.failed : ReplicaState.Level.succeeded
        case .stopping:
            replica.level = replica.stored.state == .lost ? ReplicaState.Level.lost : ReplicaState.Level.expected
            replica.isBound = waits(&replica, at: now)
        }
        return replica
    }

    private func outlook(of replica: ReplicaState, in service: ServiceState) -> ReplicaOutlook {
        let outlook = ReplicaOutlook(wanted: replica.stored.intent, observed: replica.stored.state)
        switch outlook {
        case .ended:
            // What it held does not matter any more. Where the release has failed, what worked before takes its place.
            let isToStay =
                replica.stored.intent == .run && replica.stored.generation >= service.current.restartFrom
                && replica.hasEndedForGood(in: service)
                && !(replica.stored.state == .failed && service.isHalted && service.lastComplete != nil)
            return isToStay ? .ended(forGood: true) : outlook
        case .runs:
            let isDraining = nodes[replica.node]?.stored.isDraining == true
            if !service.keeps(replica) || isDraining { return .runs(.outdated) }
            return replica.isToMove ? .runs(.failing) : outlook
        case .away, .ends: return outlook
        }
    }

    /// Whether a replica's replacement has to wait still: until its time comes, and for a turn until it is given.
    private func waits(_ replica: inout ReplicaState, at now: Instant) -> Bool {
        guard let replaceAt = replica.replaceAt, replaceAt > now || replica.needsTurn else { return false }
        if replaceAt < .never { replica.dueAt = replaceAt }
        return true
    }

    private func setReadiness(of replica: inout ReplicaState, in service: ServiceState, at now: Instant) {
        replica.level = ReplicaState.Level.unready
        guard replica.stored.state == .ready, let readySince = replica.readySince else { return }
        replica.level = ReplicaState.Level.unreachable
        guard replica.isReachable else { return }
        let available = readySince.advanced(bySeconds: service.specification.update.minReadySeconds)
        guard available > now else {
            replica.level = ReplicaState.Level.available
            return
        }
        replica.level = ReplicaState.Level.ready
        replica.dueAt = min(replica.dueAt ?? available, available)
    }
}
