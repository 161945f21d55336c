import HashTreeCollections
import OrionCore

/// Orders to agents: sent, counted against the launch window, repeated while unanswered.
extension Step {
    /// Tells a replica's node to start it, as soon as the node has answered enough of the launches before.
    mutating func launch(_ id: ReplicaID) {
        guard let replica = state.replicas[id], let session = state.nodes[replica.node]?.session else { return }
        let nodeID = replica.node
        if session.speaksProtocol, session.unansweredLaunches >= SchedulerLimits.unansweredLaunches {
            state.nodes[nodeID]?.session?.waitingLaunches.insert(replica.waitingLaunch)
        } else {
            send(.launch(id), to: nodeID)
        }
    }

    /// Gives a replica up for good: tells its node to stop it, or forgets it where it has ended or never got so far.
    mutating func stop(_ id: ReplicaID) {
        guard let replica = state.replicas[id] else { return }
        if replica.stored.state.isFinal { return removeReplica(id) }
        guard replica.stored.intent == .run else { return }
        let session = state.nodes[replica.node]?.session
        let wasNeverLaunched =
            session?.speaksProtocol == true && !replica.stored.isKnown && !replica.isElsewhere
            && session?.unanswered[.launch(id)] == nil
        if wasNeverLaunched { return removeReplica(id) }
        let endsAt = endOfStopped(replica)
        updateReplica(id) { replica in
            replica.stored.intent = .stop
            replica.replaceAt = endsAt
        }
        // An agent that does not know it could only say that it does not run there.
        if !replica.isElsewhere { send(.stop(id, replica.service), to: replica.node) }
    }

    /// Tells an agent that it may forget a replica that has ended.
    mutating func forget(_ id: ReplicaID, of service: ServiceName, on nodeID: NodeID) {
        guard state.nodes[nodeID]?.session?.speaksProtocol == true else { return }
        state.nodes[nodeID]?.session?.expectForgetting(id)
        send(.stop(id, service), to: nodeID)
    }

    /// Sends an order, now.
    mutating func send(_ order: NodeSession.Order, to nodeID: NodeID) {
        guard let session = state.nodes[nodeID]?.session, let message = message(for: order) else { return }
        let now = now
        command(session.id, .send(message))
        if session.speaksProtocol {
            state.nodes[nodeID]?.session?.sent(order, at: now)
            state.timers.schedule(
                .session(session.id), at: now.advanced(bySeconds: SchedulerLimits.repeatAfterSeconds))
            return
        }
        switch order {
        case .launch(let id):
            state.sentLaunches.append(id)
            state.timers.schedule(.atOnce, at: now)
        case .stop(let id, _):
            guard state.replicas[id] != nil else { return }
            state.nodes[nodeID]?.session?.sent(order, at: now)
            state.timers.schedule(.session(session.id), at: stopPatience(for: id, from: now))
        case .update: return
        }
    }

    private func message(for order: NodeSession.Order) -> ControlMessage? {
        switch order {
        case .launch(let id):
            guard let replica = state.replicas[id], replica.stored.intent == .run else { return nil }
            return .launch(
                Launch(
                    service: replica.specification, replicaId: id, generation: replica.stored.generation,
                    fence: replica.stored.fence))
        case .stop(let id, let service):
            let replica = state.replicas[id]
            return .stop(
                Stop(
                    serviceName: service, replicaId: id,
                    gracePeriodSeconds: replica?.specification.value.stop.gracePeriodSeconds))
        case .update(let name, let number):
            guard let generation = state.services[name]?.generations[number] else { return nil }
            return .update(Update(serviceName: name, config: generation.specification, generation: number))
        }
    }

    /// When a stop that an agent with base fields alone does not answer counts as done.
    private func stopPatience(for id: ReplicaID, from sent: Instant) -> Instant {
        let grace = state.replicas[id]?.specification.value.stop.gracePeriodSeconds ?? 0
        return sent.advanced(bySeconds: grace + SchedulerLimits.baseStopPatienceSeconds)
    }
}

extension Step {
    /// Takes a status as the answer to what it answers.
    mutating func acknowledge(_ status: ReplicaStatus, on nodeID: NodeID) {
        let id = status.replicaId
        state.nodes[nodeID]?.session?.answered(.launch(id))
        if status.state == .stopping || status.state.isFinal {
            state.nodes[nodeID]?.session?.answered(.stop(id, status.service))
        }
        if let wanted = state.replicas[id]?.stored.generation, status.generation.map({ $0 >= wanted }) ?? true {
            state.nodes[nodeID]?.session?.answered(.update(status.service, generation: wanted))
        }
        sendWaitingLaunches(to: nodeID)
    }

    /// Sends launches that waited, as far as the window has room.
    mutating func sendWaitingLaunches(to nodeID: NodeID) {
        while let session = state.nodes[nodeID]?.session, let waiting = session.waitingLaunches.first,
            session.unansweredLaunches < SchedulerLimits.unansweredLaunches
        {
            state.nodes[nodeID]?.session?.waitingLaunches.remove(waiting)
            guard let replica = state.replicas[waiting.replica], replica.isLive else { continue }
            send(.launch(replica.id), to: nodeID)
        }
    }

    /// Sends again what was not answered for too long.
    mutating func repeatOrders(of sessionID: SessionID) {
        guard let nodeID = state.sessions[sessionID], let session = state.nodes[nodeID]?.session,
            session.id == sessionID
        else { return }
        let orders = session.unanswered.sorted { $0.key < $1.key }
        var next: Instant?
        for (order, sent) in orders {
            let due =
                session.speaksProtocol
                ? sent.advanced(bySeconds: SchedulerLimits.repeatAfterSeconds) : patience(for: order, from: sent)
            guard due <= now else {
                next = min(next ?? due, due)
                continue
            }
            if session.speaksProtocol, isStillWanted(order, on: nodeID) {
                send(order, to: nodeID)
            } else {
                state.nodes[nodeID]?.session?.answered(order)
                if !session.speaksProtocol, case .stop(let id, _) = order { endSilently(id) }
            }
        }
        if let next { state.timers.schedule(.session(sessionID), at: next) }
        sendWaitingLaunches(to: nodeID)
    }

    private func patience(for order: NodeSession.Order, from sent: Instant) -> Instant {
        guard case .stop(let id, _) = order else { return sent }
        return stopPatience(for: id, from: sent)
    }

    /// An agent with base fields alone need not answer a stop: after a while it counts as obeyed.
    private mutating func endSilently(_ id: ReplicaID) {
        guard let replica = state.replicas[id], replica.stored.intent == .stop else { return }
        removeReplica(id)
    }

    private func isStillWanted(_ order: NodeSession.Order, on nodeID: NodeID) -> Bool {
        guard let node = state.nodes[nodeID], let session = node.session else { return false }
        switch order {
        case .launch(let id): return state.replicas[id]?.isLive == true
        case .stop(let id, _): return session.reported[id] != nil || state.replicas[id]?.node == nodeID
        case .update(let name, let generation):
            // Only those that take it over can answer it.
            return node.replicas.contains { id in
                guard let replica = state.replicas[id] else { return false }
                return replica.service == name && replica.isLive && replica.stored.generation == generation
            }
        }
    }
}
