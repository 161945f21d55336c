import HashTreeCollections
import OrionCore

/// What sessions bring, other than hellos and statuses.
extension Step {
    mutating func take(_ event: SessionEvent, from session: SessionID) {
        if case .hello(let hello, let address) = event { return self.hello(hello, from: session, address) }
        if case .closed(let silentSince) = event { return closed(session, silentSince: min(silentSince, now)) }
        if case .undelivered = event { return }
        // What is left of a session that was replaced, or never said hello, is ignored.
        guard let nodeID = state.sessions[session] else { return }
        switch event {
        case .hello, .closed, .undelivered: return
        case .heartbeat(let heartbeat, let time): self.heartbeat(heartbeat, receivedAt: time, on: nodeID)
        case .status(let status): self.status(status, on: nodeID)
        case .leaving: leaving(nodeID)
        case .goodbye: goodbye(nodeID)
        case .probed(let isAlive): probed(nodeID, isAlive: isAlive)
        }
    }

    private mutating func heartbeat(_ heartbeat: Heartbeat, receivedAt: Timestamp, on nodeID: NodeID) {
        state.heartbeats[nodeID] = LastHeartbeat(
            receivedAt: receivedAt, usage: heartbeat.metrics, replicas: heartbeat.replicas ?? [:])
        guard let digest = heartbeat.digest, let session = state.nodes[nodeID]?.session, session.listsReplicas,
            !session.digest.isWritten(as: digest)
        else { return }
        // One each interval, of which a heartbeat comes at the end, or a little before that.
        let interval = state.options.heartbeatIntervalSeconds * 0.9
        let now = now
        if let last = session.lastSync, now.seconds(since: last) < interval { return }
        state.nodes[nodeID]?.session?.lastSync = now
        command(session.id, .send(.sync))
    }

    private mutating func leaving(_ nodeID: NodeID) {
        guard let node = state.nodes[nodeID], !node.isLeaving else { return }
        note("\(node.stored.name) is shutting down: its replicas are replaced.", node: nodeID)
        updateNode(nodeID) { $0.isLeaving = true }
        for id in node.replicas {
            forgetProgress(of: id)
            updateReplica(id) { replica in
                guard !replica.stored.state.isFinal, !replica.isElsewhere else { return }
                replica.stored.state = .stopping
                replica.readySince = nil
                // Where it must never run twice, its successor waits for its end.
                replica.replaceAt = replica.specification.value.disconnect.overlap ? nil : .never
            }
        }
    }

    private mutating func goodbye(_ nodeID: NodeID) {
        guard let node = state.nodes[nodeID] else { return }
        note("\(node.stored.name) has shut down.", node: nodeID)
        updateNode(nodeID) { node in
            node.isLeaving = true
            node.presence = .gone
        }
        for id in node.replicas {
            guard let replica = state.replicas[id], !replica.stored.state.isFinal, !replica.isElsewhere else {
                continue
            }
            forgetProgress(of: id)
            updateReplica(id) { replica in
                replica.stored.state = .stopped
                replica.replaceAt = nil
            }
            if let replica = state.replicas[id] { settleEnd(of: replica) }
        }
    }

    private mutating func closed(_ session: SessionID, silentSince: Instant) {
        if let nodeID = state.challengers[session] {
            state.challengers[session] = nil
            if state.nodes[nodeID]?.session?.challenger?.session == session {
                state.nodes[nodeID]?.session?.challenger = nil
            }
            return
        }
        guard let nodeID = state.sessions[session] else { return }
        let challenger = state.nodes[nodeID]?.session?.challenger
        detach(session, from: nodeID, silentSince: silentSince)
        if let challenger { accept(challenger) }
    }

    /// Ends a node's session: its replicas run on, but nobody relies on them.
    mutating func detach(_ session: SessionID, from nodeID: NodeID, silentSince: Instant) {
        state.sessions[session] = nil
        state.timers.cancel(.session(session))
        let now = now
        guard let node = state.nodes[nodeID], node.session?.id == session else { return }
        updateNode(nodeID) { node in
            node.session = nil
            node.heardUntil = now
            if node.presence == .connected { node.presence = .silent(since: silentSince) }
        }
        for id in node.replicas {
            let endsAt = state.replicas[id].flatMap { $0.stored.intent == .stop ? endOfStopped($0) : $0.replaceAt }
            updateReplica(id) { replica in
                replica.isReachable = false
                replica.replaceAt = endsAt
            }
        }
        guard node.presence == .connected else { return }
        note("\(node.stored.name) is not connected any more.", node: nodeID)
        state.timers.schedule(
            .node(nodeID), at: silentSince.advanced(bySeconds: state.options.heartbeatTimeoutSeconds))
    }
}
