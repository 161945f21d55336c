import HashTreeCollections
import OrionCore

@testable import OrionScheduler

/// What must hold after every step (protocol.md §5).
extension ModelCluster {
    mutating func checkInvariants(before: ClusterState, events: [Event], decision: Decision) {
        guard violation == nil else { return }
        violation =
            storeViolation() ?? indexViolation() ?? surgeViolation() ?? capacityViolation()
            ?? readinessViolation(before, events, decision) ?? placementViolation(before) ?? identityViolation()
            ?? overlapViolation(before)
    }

    /// Everything that is to survive is in the changes.
    private func storeViolation() -> String? {
        for (id, replica) in state.replicas where store.replicas[id] != replica.stored {
            return "\(id) is stored otherwise"
        }
        for (id, node) in state.nodes where store.nodes[id] != node.stored { return "\(id) is stored otherwise" }
        if Dictionary(uniqueKeysWithValues: state.configurations.map { ($0.key, $0.value) }) != store.configurations {
            return "the configurations are stored otherwise"
        }
        for (name, service) in state.services {
            if store.services[name] != service.stored { return "\(name) is stored otherwise" }
            if Set(store.generations[name, default: [:]].keys) != Set(service.generations.keys) {
                return "the generations of \(name) are stored otherwise"
            }
            for (number, generation) in service.generations
            where store.generations[name]?[number]?.specification != generation.specification.json
                || store.generations[name]?[number]?.restartFrom != generation.restartFrom
                || store.generations[name]?[number]?.ending != generation.ending
                || store.generations[name]?[number]?.undoes != generation.undoes
            {
                return "generation \(number) of \(name) is stored otherwise"
            }
        }
        let counts =
            (state.replicas.count, state.nodes.count, state.services.count)
            == (store.replicas.count, store.nodes.count, store.services.count)
        return counts && state.cluster == store.cluster ? nil : "the store has more or less than the state"
    }

    /// Every index says what the records say.
    private func indexViolation() -> String? {
        for (name, service) in state.services {
            let own = state.replicas.values.filter { $0.service == name }
            var members = Members()
            for replica in own { members.replace(nil, with: replica) }
            if Array(members.all) != Array(service.members.all) { return "\(name) has other replicas than its index" }
            for standing in ReplicaState.Standing.allCases {
                for level in 0..<ReplicaState.Level.count
                where Array(members[standing, level]) != Array(service.members[standing, level]) {
                    return "\(name) has others that are \(standing) \(level) than its index"
                }
            }
            let kept = service.members
            if members.counts != kept.counts {
                return "\(name) is counted wrongly"
            }
            if members.generations != kept.generations || members.confirmed != kept.confirmed
                || Array(members.due) != Array(kept.due)
            {
                return "\(name) keeps other generations or deadlines than its replicas have"
            }
        }
        for (id, node) in state.nodes {
            var allocation = Allocation()
            let own = state.replicas.values.filter { $0.node == id }
            for replica in own where replica.holdsResources { allocation.add(replica.demand) }
            if allocation != node.allocation { return "\(id) is allocated otherwise" }
            if own.map(\.id).sorted() != Array(node.replicas) { return "\(id) has other replicas than its index" }
        }
        let there = state.nodes.values.filter(\.isThere).count
        if state.nodesThere != there || (state.thereSince == nil) != (there == 0) { return "\(there) nodes are there" }
        // Each session that is listed is its node's, so that a heartbeat need not look.
        for (session, node) in state.sessions where state.nodes[node]?.session?.id != session {
            return "the session \(session) does not speak for \(node)"
        }
        let connected = state.nodes.values.filter { $0.session != nil }.count
        if state.sessions.count != connected { return "\(connected) nodes have a session" }
        for id in state.heartbeats.keys where state.nodes[id] == nil { return "\(id) has a heartbeat and is no node" }
        let present = state.nodes.values.filter(\.presence.isPresent).count
        if state.nodesPresent != present { return "\(present) nodes are not lost" }
        return nil
    }

    /// Never more than `replicas + maxSurge` are told to run and not lost.
    private func surgeViolation() -> String? {
        for (name, service) in state.services {
            let told = running(name).filter { $0.state != .stopping }.count
            let most = service.wanted + service.maxSurge
            if told > most { return "\(told) replicas of \(name) are told to run, at most \(most) may be" }
        }
        return nil
    }

    private func capacityViolation() -> String? {
        for (id, node) in state.nodes {
            if let cpu = node.stored.capacity?.cpu, node.allocation.cpuThousandths > Demand.cpuThousandths(cpu) {
                return "\(id) is oversubscribed in cpu"
            }
            if let memory = node.stored.capacity?.memory, node.allocation.memoryKiB > Demand.memoryKiB(memory) {
                return "\(id) is oversubscribed in memory"
            }
            if node.allocation.ports.values.contains(where: { $0 > 1 }) { return "a port of \(id) is given twice" }
        }
        return nil
    }

    /// A rollout or drain stops no ready replica if too few would remain.
    private func readinessViolation(_ before: ClusterState, _ events: [Event], _ decision: Decision) -> String? {
        let isOrdered = events.contains { event in
            switch event {
            case .request: true
            case .session(_, .hello): true
            default: false
            }
        }
        guard !isOrdered else { return nil }
        for (name, service) in state.services where !service.stored.isRemoving {
            // One that stops being ready in this very step is not ready when it is stopped, and of one whose node is not
            // connected nobody knows whether it is.
            let stopped = before.replicas.values.filter { old in
                old.service == name && old.isLive && old.level >= ReplicaState.Level.ready
                    && state.replicas[old.id].map { $0.stored.intent == .stop && $0.stored.state == .ready } ?? false
            }
            guard !stopped.isEmpty else { continue }
            if decision.facts.contains(where: { $0.service == name && $0.message.contains("is stopped before") }) {
                continue
            }
            let ready = state.replicas.values.filter { replica in
                replica.service == name
                    && (replica.isLive && replica.level >= ReplicaState.Level.ready
                        || replica.standing == .done && replica.stored.state == .succeeded)
            }.count
            // What has failed for good is missed anyway, but in a rollout, which is to bring it back.
            let missed = state.replicas.values.filter { replica in
                !service.isUnderWay && replica.service == name && replica.standing == .done
                    && replica.stored.state == .failed
            }.count
            let maxUnavailable = service.specification.update.maxUnavailable.roundedDown(of: service.wanted)
            let needed = service.wanted - max(maxUnavailable, missed)
            if ready < needed { return "\(stopped.map(\.id)) stopped, though only \(ready) of \(name) remain ready" }
        }
        return nil
    }

    /// Replicas are placed only where they may be.
    private func placementViolation(_ before: ClusterState) -> String? {
        for (id, replica) in state.replicas where before.replicas[id] == nil {
            guard let node = state.nodes[replica.node], node.isOpen else { return "\(id) is placed on a closed node" }
            if replica.stored.fence.rawValue <= before.cluster.lastFence.rawValue { return "\(id) has an old fence" }
        }
        return nil
    }

    /// What was started as one that must not run twice is not replaced while it may still run, where its node was lost.
    private func overlapViolation(_ before: ClusterState) -> String? {
        for (id, replica) in state.replicas where before.replicas[id] == nil {
            // One that runs, or has come back in this step, goes once its successor has proved itself.
            guard let old = replica.stored.replaces, let gone = before.replicas[old], !gone.isLive,
                state.replicas[old]?.isLive != true, !gone.specification.value.disconnect.overlap,
                // Someone may just have allowed that both run.
                state.replicas[old]?.specification.value.disconnect.overlap != true
            else { continue }
            // What was allowed to run twice meanwhile may do so.
            let stillRuns =
                agents[gone.node]?.records[old].map {
                    !$0.phase.isFinal && $0.isBound && !$0.specification.value.disconnect.overlap
                } ?? false
            if stillRuns { return "\(id) takes the place of \(old), which still runs" }
        }
        return nil
    }

    /// No replica runs at two agents, or twice at one.
    private func identityViolation() -> String? {
        var seen: Set<ReplicaID> = []
        for agent in agents.values {
            for id in agent.launched where !seen.insert(id).inserted { return "\(id) was started twice" }
        }
        return nil
    }
}

extension Members {
    fileprivate var counts: [Int] { [ready, running, awaited, failed, started, usedUp, bound, boundToStop] }
}
