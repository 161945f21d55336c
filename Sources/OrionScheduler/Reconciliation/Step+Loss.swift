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
        // That these launches were sent is to be on disk with the very next step.
        if !state.sentLaunches.isEmpty { state.timers.schedule(.atOnce, at: now) }
        paceReplacements()
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

    /// A node was silent for the whole timeout: what runs there is lost, and replaced once `disconnect` allows it.
    private mutating func lose(_ id: NodeID) {
        guard let node = state.nodes[id] else { return }
        let placed = node.replicas.filter { state.replicas[$0]?.stored.state.isFinal == false }
        let isNew = node.presence != .unheard || placed.contains { state.replicas[$0]?.stored.state != .lost }
        if node.presence != .unheard || !placed.isEmpty {
            let seconds = state.options.heartbeatTimeoutSeconds
            note(
                .warning, "\(node.stored.name) was silent for \(seconds) s: \(placed.count) replicas are lost.",
                node: id)
        }
        var silentSince = state.loadedAt
        if case .silent(let since) = node.presence { silentSince = since }
        updateNode(id) { node in
            node.silentSince = silentSince
            if node.presence != .unheard { node.presence = .gone }
        }
        for replica in placed {
            forgetProgress(of: replica)
            let replaceAt = replacementTime(of: replica)
            updateReplica(replica) { $0.becomeLost(replaceAt: replaceAt) }
        }
        // Of a node that was not heard of since the start and ran nothing, or was lost before, nothing is lost now.
        guard isNew else { return }
        let unreplaced = placed.filter { id in
            state.replicas[id].map { $0.standing == .gone && $0.replacedBy == nil } ?? false
        }
        state.losses.add(id, replicas: unreplaced.count, at: now, window: state.options.heartbeatTimeoutSeconds)
        lost += unreplaced
    }

    /// Gives each of those that were lost in this step its turn, where so many nodes vanished that replacements are paced.
    mutating func paceReplacements() {
        guard !lost.isEmpty else { return }
        let ids = lost
        lost = []
        guard state.losses.arePaced(present: state.nodesPresent) else { return }
        if state.losses.beginPace() {
            note(
                .warning,
                "More than a third of the nodes vanished within \(state.options.heartbeatTimeoutSeconds) s: what ran there"
                    + " is replaced little by little.")
        }
        for id in ids { pace(id) }
    }

    /// Gives one that is lost its turn, or once its time has come.
    mutating func pace(_ id: ReplicaID) {
        guard let replica = state.replicas[id], replica.standing == .gone, replica.replacedBy == nil,
            !replica.isElsewhere, replica.replaceAt != .never
        else { return }
        if let replaceAt = replica.replaceAt, replaceAt > now { return updateReplica(id) { $0.isPaced = true } }
        takeSlot(id)
    }

    /// Gives one whose time has come its turn.
    mutating func takeSlot(_ id: ReplicaID) {
        let slot = state.losses.takeSlot(at: now)
        updateReplica(id) { replica in
            replica.isPaced = false
            replica.hasTurn = true
            replica.replaceAt = slot
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
            prove(by: replica)
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
