import HashTreeCollections
import OrionCore

/// Hellos: who a session speaks for.
extension Step {
    mutating func hello(_ hello: Hello, from session: SessionID, _ address: String) {
        if let nodeID = state.sessions[session] ?? state.challengers[session] {
            guard nodeID == hello.nodeId else {
                return command(
                    session,
                    .close(
                        code: CloseCode.invalidPayload,
                        reason: "the node id changed from \(nodeID) to \(hello.nodeId)"))
            }
            // The answer to `sync`; a challenger has to wait for the answer to its ping.
            guard state.nodes[nodeID]?.session?.id == session else { return }
            updateRecord(of: hello)
            return reconcile(nodeID, with: hello, isFirst: false, isSameAgent: true)
        }
        let claim = NodeSession.Challenger(session: session, hello: hello, address: address)
        guard let node = state.nodes[hello.nodeId] else {
            guard state.ring.count < SchedulerLimits.nodes else {
                let reason = "\(SchedulerLimits.nodes) nodes are known: forget some"
                return command(session, .close(code: CloseCode.refused, reason: reason))
            }
            return accept(claim)
        }
        guard let older = node.session else { return accept(claim) }
        // What is left of a session that was replaced is ignored.
        guard older.id < session else { return }
        if let theirs = older.instanceId, let ours = hello.instanceId, theirs != ours {
            challenge(older, of: node.id, by: claim)
        } else {
            displace(older, of: node.id, reason: "a newer session of this agent replaced this one")
            accept(claim)
        }
    }

    /// Another agent claims the id of a node that has one: the older one is pinged.
    private mutating func challenge(_ older: NodeSession, of nodeID: NodeID, by claim: NodeSession.Challenger) {
        if let other = older.challenger, other.session != claim.session {
            state.challengers[other.session] = nil
            refuse(other, of: nodeID)
        }
        state.nodes[nodeID]?.session?.challenger = claim
        state.challengers[claim.session] = nodeID
        if older.challenger == nil { command(older.id, .probe) }
    }

    /// The older agent's answer to the ping.
    mutating func probed(_ nodeID: NodeID, isAlive: Bool) {
        guard var session = state.nodes[nodeID]?.session, let claim = session.challenger else { return }
        session.challenger = nil
        state.nodes[nodeID]?.session?.challenger = nil
        state.challengers[claim.session] = nil
        if isAlive {
            // It comes again and again: people are told once.
            if session.refused != claim.hello.instanceId {
                note(
                    .warning,
                    "Two agents use the node id \(nodeID): \(session.address) keeps it, \(claim.address) is refused. Give"
                        + " one of them another --node-id or --data-dir.", node: nodeID)
            }
            state.nodes[nodeID]?.session?.refused = claim.hello.instanceId
            refuse(claim, of: nodeID)
        } else {
            note(
                .warning,
                "Another agent has taken over the node id \(nodeID): \(session.address), which had it, did not answer, and"
                    + " \(claim.address) asked for it.", node: nodeID)
            displace(session, of: nodeID, reason: "another agent with this node id took over")
            accept(claim)
        }
    }

    private mutating func refuse(_ claim: NodeSession.Challenger, of nodeID: NodeID) {
        let reason = "another agent uses the node id \(nodeID)"
        command(claim.session, .close(code: CloseCode.nodeIDInUse, reason: reason))
    }

    private mutating func displace(_ older: NodeSession, of nodeID: NodeID, reason: String) {
        command(older.id, .close(code: CloseCode.nodeIDInUse, reason: reason))
        if let challenger = older.challenger {
            state.challengers[challenger.session] = nil
            refuse(challenger, of: nodeID)
        }
        state.sessions[older.id] = nil
        state.timers.cancel(.session(older.id))
        state.nodes[nodeID]?.session = nil
    }

    /// Takes a session for the node's, welcomes it, and turns its actual set into the desired one.
    mutating func accept(_ claim: NodeSession.Challenger) {
        let hello = claim.hello
        let nodeID = hello.nodeId
        state.challengers[claim.session] = nil
        if let start = state.startGrace?.start, state.nodes[nodeID] != nil {
            state.startGrace = ClusterState.StartGrace(start: start, lastHello: now)
        }
        updateRecord(of: hello)
        state.sessions[claim.session] = nodeID
        command(
            claim.session,
            .send(
                .welcome(
                    Welcome(
                        nodeId: nodeID, clusterId: state.clusterId,
                        heartbeatIntervalSeconds: state.options.heartbeatIntervalSeconds,
                        heartbeatTimeoutSeconds: state.options.heartbeatTimeoutSeconds))))
        let isSameAgent = hello.instanceId != nil && hello.instanceId == state.nodes[nodeID]?.instanceId
        state.losses.remove(nodeID)
        updateNode(nodeID) { node in
            node.session = NodeSession(
                id: claim.session, instanceId: hello.instanceId, address: claim.address,
                speaksProtocol: hello.protocol != nil)
            node.instanceId = hello.instanceId
            node.presence = .connected
            node.silentSince = nil
            node.isLeaving = false
        }
        state.timers.cancel(.node(nodeID))
        note("\(hello.name) has connected from \(claim.address).", node: nodeID)
        reconcile(nodeID, with: hello, isFirst: true, isSameAgent: isSameAgent)
    }

    /// Writes down what a hello says of its node.
    private mutating func updateRecord(of hello: Hello) {
        let id = hello.nodeId
        if state.nodes[id] == nil { addNode(for: hello) }
        state.renameNode(id, to: hello.name)
        updateNode(id) { node in
            node.stored.address = hello.address
            node.stored.labels = hello.labels
            node.stored.capacity = hello.capacity
            node.stored.agentVersion = hello.agentVersion
            node.stored.protocol = hello.protocol
            node.stored.declaredBy = nil
        }
    }

    /// Makes a node's record; one that was only declared under its name becomes it.
    private mutating func addNode(for hello: Hello) {
        var stored = StoredNode(id: hello.nodeId, name: hello.name, address: hello.address)
        for id in state.nodeIDsByName[hello.name] ?? SortedTree() {
            guard let declared = state.nodes[id], declared.stored.declaredBy != nil else { continue }
            stored.isSchedulable = declared.stored.isSchedulable
            stored.isDraining = declared.stored.isDraining
            state.removeNode(id)
            touchedNodes.insert(id)
        }
        state.addNode(NodeState(stored: stored))
        touchedNodes.insert(hello.nodeId)
    }
}
