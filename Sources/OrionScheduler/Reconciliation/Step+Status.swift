import HashTreeCollections
import OrionCore

/// What agents say of replicas.
extension Step {
    mutating func status(_ status: ReplicaStatus, on nodeID: NodeID) {
        guard status.state != .lost, status.state != .pending, let session = state.nodes[nodeID]?.session else {
            return
        }
        let id = status.replicaId
        let earlier = session.reported[id]
        let isPlacedHere = state.replicas[id].map { $0.node == nodeID && $0.service == status.service } ?? false
        if earlier == nil, !isPlacedHere, session.reported.count >= SchedulerLimits.reportedReplicas { return }
        guard status.state.isFinal else {
            state.nodes[nodeID]?.session?.report(id, NodeSession.Reported(phase: status.state))
            if isPlacedHere {
                take(status, of: Speaker(state.nodes[nodeID]), isListed: false)
            } else if state.replicas[id] == nil, session.unanswered[.stop(id, status.service)] == nil {
                note(.warning, "Told \(nodeID) to stop \(id), which nobody placed.", replica: id, node: nodeID)
                send(.stop(id, status.service), to: nodeID)
            }
            return acknowledge(status, on: nodeID)
        }
        if earlier?.isToBeForgotten == true {
            state.nodes[nodeID]?.session?.report(id, nil)
            return acknowledge(status, on: nodeID)
        }
        if isPlacedHere { take(status, of: Speaker(state.nodes[nodeID]), isListed: false) }
        acknowledge(status, on: nodeID)
        // Nothing to forget where the agent only answers that it knows no such replica.
        guard earlier != nil || isPlacedHere && status.state != .stopped else { return }
        state.nodes[nodeID]?.session?.report(id, NodeSession.Reported(phase: status.state))
        forget(id, of: status.service, on: nodeID)
    }

    /// Takes over what the agent of a replica's node says of it.
    mutating func take(_ status: ReplicaStatus, of speaker: Speaker, isListed: Bool) {
        let id = status.replicaId
        guard let old = state.replicas[id], !old.stored.state.isFinal else { return }
        let now = now
        updateReplica(id) { replica in
            replica.isReachable = true
            replica.take(status, of: speaker, isListed: isListed, at: now)
        }
        guard let new = state.replicas[id] else { return }
        if new.stored.state == .ready || new.stored.state == .succeeded { prove(by: new) }
        if old.stored.state == .lost { rememberProgress(of: id) }
        if status.isTrouble { noteFailure(of: new, status.lastLines) }
        if new.standing == .failing, old.standing != .failing { holdBack(new.service, because: new) }
        if new.stored.state.isFinal { settleEnd(of: new) }
    }

    /// Decides what follows a replica's end.
    mutating func settleEnd(of replica: ReplicaState) {
        let id = replica.id
        if replica.stored.intent == .stop {
            note("\(id) has stopped.", service: replica.service, replica: id, node: replica.node)
            return removeReplica(id)
        }
        if replica.standing == .done {
            let severity: Fact.Severity = replica.stored.state == .failed ? .warning : .info
            return note(
                severity, "\(id) ended for good: \(replica.endText).", service: replica.service, replica: id,
                node: replica.node)
        }
        note(
            .warning, "\(id) ended (\(replica.endText)) and is replaced.", service: replica.service, replica: id,
            node: replica.node)
        if hasSuccessor(replica) { return removeReplica(id) }
        if replica.stored.state == .stopped, state.nodes[replica.node]?.isLeaving == true { return }
        holdBack(replica.service, because: replica)
        updateReplica(id) { $0.isHeld = true }
    }

    /// Whether another holds a replica's place: it runs, or is itself waited for or replaced.
    func hasSuccessor(_ replica: ReplicaState) -> Bool {
        guard let successor = replica.replacedBy.flatMap({ state.replicas[$0] }) else { return false }
        return successor.isLive || successor.standing == .gone
    }

    /// Lets the next replacement of a service wait: first for the initial delay, then for twice as long each time.
    mutating func holdBack(_ name: ServiceName, because replica: ReplicaState) {
        let restart = replica.specification.value.restart
        let now = now
        updateService(name) { service in
            var delay = restart.initialDelaySeconds
            if let hold = service.hold {
                guard hold.until <= now else { return }
                if now.seconds(since: hold.until) < restart.resetAfterSeconds {
                    delay = min(max(hold.delaySeconds * 2, delay), max(restart.maxDelaySeconds, delay))
                }
            }
            service.hold = ServiceState.Hold(delaySeconds: delay, until: now.advanced(bySeconds: delay))
        }
    }
}

/// The agent that says something of a replica, as far as that matters to what it says.
struct Speaker {
    /// Whether it speaks the base fields alone.
    let isBase: Bool
    /// Whether it has said that it stops its replicas.
    let isLeaving: Bool

    init(_ node: NodeState?) {
        isBase = node?.session?.speaksProtocol != true
        isLeaving = node?.isLeaving == true
    }
}

extension ReplicaState {
    /// Takes over what its agent says of it.
    mutating func take(_ status: ReplicaStatus, of speaker: Speaker, isListed: Bool, at now: Instant) {
        var phase = status.state
        if speaker.isBase, phase == .running { phase = .ready }
        if speaker.isLeaving, !phase.isFinal { phase = .stopping }
        stored.isKnown = true
        isInDoubt = false
        // Where it must never run twice, its successor waits for its end.
        let ends = phase == .stopping || stored.intent == .stop
        replaceAt = ends && !specification.value.disconnect.overlap ? .never : nil
        isPaced = false
        isElsewhere = false
        confirmedGeneration = status.generation ?? confirmedGeneration
        let hasRestarted = (status.restarts ?? 0) > stored.restarts
        if phase != .ready {
            readySince = nil
        } else if readySince == nil || stored.state != .ready || hasRestarted {
            readySince = now
        }
        stored.state = phase
        stored.restarts = max(stored.restarts, status.restarts ?? 0)
        stored.startedAt = status.startedAt ?? stored.startedAt
        stored.ports = status.ports ?? stored.ports
        if status.exitCode != nil || status.signal != nil {
            stored.exitCode = status.exitCode
            stored.signal = status.signal
        }
        stored.message = status.message
        countExits(isListed: isListed, at: now)
    }

    /// Notices exits. Of those that a listing tells after the fact, nobody knows how they were spread in time: they count
    /// only where the replica still is not up.
    private mutating func countExits(isListed: Bool, at now: Instant) {
        let hasExited = stored.state == .backoff || stored.state == .failed || stored.state == .succeeded
        let exits = stored.restarts + (hasExited ? 1 : 0)
        if exits > exitsSeen {
            let reset = specification.value.restart.resetAfterSeconds
            if let aliveSince, now.seconds(since: aliveSince) >= reset { exitsInARow = 0 }
            exitsInARow = isListed && stored.state.isRunning ? 0 : exitsInARow + exits - exitsSeen
            exitsSeen = exits
            aliveSince = nil
        }
        if stored.state.isRunning, aliveSince == nil { aliveSince = now }
    }

    /// How it ended, for people.
    var endText: String {
        var text = stored.state.rawValue
        if let signal = stored.signal {
            text += ", \(signal)"
        } else if let code = stored.exitCode {
            text += ", exit \(code)"
        }
        if let message = stored.message { text += ": \(message)" }
        return text
    }
}
