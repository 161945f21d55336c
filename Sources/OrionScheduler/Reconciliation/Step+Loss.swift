import HashTreeCollections
import OrionCore

/// What time alone brings: deadlines, and the loss of nodes.
extension Step {
    /// Takes in the deadlines that have passed.
    mutating func takeDue() {
        for subject in state.timers.takeDue(at: now) {
            switch subject {
            case .service(let name): dirty.insert(name)
            case .node(let id): silenceEnds(of: id)
            case .session(let session): repeatOrders(of: session)
            case .startGrace: startGraceEnds()
            case .atOnce: continue
            }
        }
    }

    private mutating func silenceEnds(of id: NodeID) {
        // While a start waits for agents, nobody is lost; its end looks at every node.
        guard state.startGrace == nil, let node = state.nodes[id], case .silent(let since) = node.presence else {
            return
        }
        let end = since.advanced(bySeconds: state.options.heartbeatTimeoutSeconds)
        if end <= now { lose(id) } else { state.timers.schedule(.node(id), at: end) }
    }

    private mutating func startGraceEnds() {
        guard let grace = state.startGrace else { return }
        let end = grace.end(timeoutSeconds: state.options.heartbeatTimeoutSeconds)
        guard end <= now else { return state.timers.schedule(.startGrace, at: end) }
        state.startGrace = nil
        for id in state.ring {
            switch state.nodes[id]?.presence {
            case .unheard: lose(id)
            case .silent: silenceEnds(of: id)
            case .connected, .gone, nil: continue
            }
        }
    }

    /// A node was silent for the whole timeout: what runs there is replaced.
    private mutating func lose(_ id: NodeID) {
        guard let node = state.nodes[id] else { return }
        let placed = node.replicas.filter { state.replicas[$0]?.stored.state.isFinal == false }
        if node.presence != .unheard || !placed.isEmpty {
            let seconds = state.options.heartbeatTimeoutSeconds
            note(
                .warning, "\(node.stored.name) was silent for \(seconds) s: \(placed.count) replicas are lost.",
                node: id)
        }
        updateNode(id) { node in
            if node.presence != .unheard { node.presence = .gone }
        }
        for replica in placed {
            updateReplica(replica) { replica in
                replica.stored.state = .lost
                replica.readySince = nil
                replica.aliveSince = nil
            }
        }
    }

    /// What agents with base fields alone were told to launch in the step before counts as done, but for what was not sent.
    mutating func confirmLaunches(butFor events: [Event]) {
        guard !state.sentLaunches.isEmpty else { return }
        let sent = state.sentLaunches
        state.sentLaunches = []
        var undelivered: Set<ReplicaID> = []
        for case .session(_, .undelivered(let id)) in events { undelivered.insert(id) }
        let now = now
        for id in sent where !undelivered.contains(id) {
            guard let replica = state.replicas[id], !replica.stored.isKnown, !replica.stored.state.isFinal else {
                continue
            }
            updateReplica(id) { replica in
                replica.stored.isKnown = true
                guard replica.stored.state == .starting else { return }
                replica.stored.state = .ready
                replica.readySince = now
                replica.aliveSince = now
            }
            prove(replica.service, replica.stored.generation)
        }
    }
}

extension ClusterState.StartGrace {
    /// When nodes may be lost: after a whole timeout, and once no known node has come back for a quarter of it.
    func end(timeoutSeconds: Double) -> Instant {
        let timeout = start.advanced(bySeconds: timeoutSeconds)
        guard let lastHello else { return timeout }
        let latest = timeout.advanced(bySeconds: SchedulerLimits.longestGraceSeconds)
        return max(timeout, min(lastHello.advanced(bySeconds: timeoutSeconds / 4), latest))
    }
}
