import OrionCore
import OrionScheduler

/// Agents: they connect again for ever, and do as they are told.
extension SimulatedCluster {
    func scheduleConnect(_ node: Int, after wait: Int64) {
        nodes[node].connectToken += 1
        queue.schedule(.agentConnects(node: node, token: nodes[node].connectToken), at: now + wait + 1)
    }

    func agentConnects(_ node: Int, _ token: Int) {
        guard token == nodes[node].connectToken, nodes[node].isAgentUp, nodes[node].connection == nil else { return }
        countStep()
        guard control.machine != nil, nodes[node].reachesControl, nodes[node].hearsControl else {
            nodes[node].failures = min(nodes[node].failures + 1, 6)
            let longest = min(0.2 * Double(1 << nodes[node].failures), scenario.options.heartbeatTimeoutSeconds / 4)
            return scheduleConnect(node, after: .seconds(Double.random(in: 0...longest, using: &random)))
        }
        nodes[node].failures = 0
        report.counts.sessions += 1
        let connection = open(node: node)
        nodes[node].connection = connection
        trace.note(now, 20, Int64(node), text: "\(nodes[node].id) opens connection \(connection)")
        say(.hello(hello(node), address: "simulated"), connection)
        agentBeats(connection)
    }

    private func hello(_ node: Int) -> Hello {
        var hello = nodes[node].model.hello(
            nodes[node].id, capacity: nodes[node].capacity, speaksProtocol: !nodes[node].isBase)
        if !nodes[node].isBase { hello.instanceId = "\(nodes[node].id)-\(nodes[node].life)" }
        return hello
    }

    func say(_ event: SessionEvent, _ connection: Int) {
        guard connections[connection].agent.state == .open else { return }
        send(.agent(event), connection, to: .control)
    }

    func agentBeats(_ connection: Int) {
        let node = connections[connection].node
        guard nodes[node].connection == connection else { return }
        var beat = Heartbeat(timestamp: Timestamp(milliseconds: now / 1_000_000), metrics: Usage(cpu: 1, memory: 1))
        if !nodes[node].isBase {
            var digest = ReplicaDigest()
            for record in nodes[node].model.records.values { digest.toggle(record.replicaId, record.state) }
            beat.digest = digest.description
        }
        say(.heartbeat(beat), connection)
        queue.schedule(
            .agentBeats(connection: connection), at: now + .seconds(scenario.options.heartbeatIntervalSeconds))
    }

    /// A frame of the control plane has been read.
    func agentReceives(_ message: ControlMessage, _ connection: Int) {
        let node = connections[connection].node
        guard nodes[node].isAgentUp, nodes[node].connection == connection else { return }
        trace.note(now, 21, Int64(node), text: "\(nodes[node].id) is told: \(Self.text(message))")
        let before = nodes[node].model.started.count
        if case .launch(let launch) = message, nodes[node].isBase, nodes[node].model.started.contains(launch.replicaId)
        {
            // Nothing says that an agent with base fields alone knows an id again.
            return fail(.identity, "\(launch.replicaId) is launched again on \(nodes[node].id)")
        }
        let statuses = nodes[node].model.obey(message)
        for id in nodes[node].model.started[before...] { processStarts(id, node, restarts: 0) }
        for status in statuses {
            if status.state.isFinal { processEnds(status.replicaId, isFinal: true) }
            say(.status(status), connection)
        }
        if case .sync = message { say(.hello(hello(node), address: "simulated"), connection) }
    }

    private func processStarts(_ id: ReplicaID, _ node: Int, restarts: Int) {
        report.counts.starts += 1
        trace.note(now, 22, Int64(node), text: "\(id) starts on \(nodes[node].id)")
        if let (check, problem) = auditor.started(id, on: nodes[node].id, restarts: restarts) { fail(check, problem) }
    }

    private func processEnds(_ id: ReplicaID, isFinal: Bool) {
        auditor.ended(id)
        if isFinal { auditor.endedForGood(id) }
    }

    /// The connection has ended at the agent.
    func agentCloses(_ connection: Int) {
        guard connections[connection].agent.state != .closed else { return }
        close(connection, .agent)
        let node = connections[connection].node
        guard nodes[node].connection == connection else { return }
        trace.note(now, 23, Int64(node), text: "\(nodes[node].id) has lost connection \(connection)")
        nodes[node].connection = nil
        let wait = Double.random(in: 0...0.2, using: &random)
        scheduleConnect(node, after: .seconds(wait))
    }

    // MARK: - Deaths

    /// The agent's process ends; its replicas run on.
    func killAgent(_ node: Int, isSilent: Bool = false) {
        guard nodes[node].isAgentUp else { return }
        countStep()
        report.counts.agentDeaths += 1
        trace.note(now, 24, Int64(node), text: "the agent of \(nodes[node].id) dies")
        nodes[node].isAgentUp = false
        nodes[node].connectToken += 1
        if let connection = nodes[node].connection {
            nodes[node].connection = nil
            close(connection, .agent, isSilent: isSilent)
        }
    }

    func startAgent(_ node: Int) {
        guard !nodes[node].isAgentUp, nodes[node].hasPower else { return }
        countStep()
        nodes[node].isAgentUp = true
        nodes[node].life += 1
        trace.note(now, 25, Int64(node), text: "the agent of \(nodes[node].id) starts")
        for id in nodes[node].model.records.keys.sorted() where auditor.lives[id]?.isRunning == false {
            guard var status = nodes[node].model.records[id], !status.state.isFinal else { continue }
            status.restarts = (status.restarts ?? 0) + 1
            status.state = .ready
            nodes[node].model.set(status)
            processStarts(id, node, restarts: status.restarts ?? 0)
        }
        scheduleConnect(node, after: 1_000_000)
    }

    /// The machine is dead: its processes end, and nobody hears of it.
    func losePower(_ node: Int) {
        guard nodes[node].hasPower else { return }
        killAgent(node, isSilent: true)
        report.counts.powerLosses += 1
        trace.note(now, 26, Int64(node), text: "\(nodes[node].id) loses its power")
        nodes[node].hasPower = false
        for id in nodes[node].model.records.keys.sorted() { processEnds(id, isFinal: false) }
    }

    /// A replica's process ends by itself.
    func killProcess(_ node: Int) {
        let running = nodes[node].model.records.values.filter(\.state.isRunning).map(\.replicaId).sorted()
        guard nodes[node].isAgentUp, let id = running.randomElement(using: &random) else { return }
        countStep()
        trace.note(now, 27, Int64(node), text: "\(id) dies on \(nodes[node].id)")
        let isFinal = random.chance(30)
        processEnds(id, isFinal: isFinal)
        guard var status = nodes[node].model.records[id] else { return }
        for state in isFinal ? [ReplicaPhase.failed] : [.backoff, .starting, .ready] {
            status.state = state
            if state == .starting {
                status.restarts = (status.restarts ?? 0) + 1
                processStarts(id, node, restarts: status.restarts ?? 0)
            }
            nodes[node].model.set(status)
            if let connection = nodes[node].connection { say(.status(status), connection) }
        }
    }
}
