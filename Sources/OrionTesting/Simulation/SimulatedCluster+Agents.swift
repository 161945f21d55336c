import OrionAgentKit
import OrionCore
import OrionScheduler

/// What agents of both kinds have in common: they connect again for ever, they die and are started again.
extension SimulatedCluster {
    func scheduleConnect(_ node: Int, after wait: Int64) {
        nodes[node].connectToken += 1
        queue.schedule(.agentConnects(node: node, token: nodes[node].connectToken), at: now + wait + 1)
    }

    func agentConnects(_ node: Int, _ token: Int) {
        guard token == nodes[node].connectToken, nodes[node].isAgentUp, nodes[node].connection == nil else { return }
        countStep()
        guard nodes[node].reachesControl, nodes[node].hearsControl else {
            return queue.schedule(.connectFails(node: node, token: token), at: now + 15_000_000_000)
        }
        guard control.machine != nil else {
            return queue.schedule(.connectFails(node: node, token: token), at: now + 1_000_000)
        }
        report.counts.sessions += 1
        let connection = open(node: node)
        nodes[node].connection = connection
        nodes[node].openedAt = now
        trace.note(now, 20, Int64(node), text: "\(nodes[node].id) opens connection \(connection)")
        if nodes[node].isBase { baseAgentOpened(connection) } else { sessionOpened(connection) }
    }

    func connectFails(_ node: Int, _ token: Int) {
        guard token == nodes[node].connectToken, nodes[node].isAgentUp else { return }
        scheduleConnect(node, after: .seconds(reconnectSeconds(node)))
    }

    private func reconnectSeconds(_ node: Int) -> Double {
        let seconds = Double(now - nodes[node].openedAt) / 1e9
        return nodes[node].agent?.session.ended(after: seconds, using: &random)
            ?? Double.random(in: 0...0.5, using: &random)
    }

    func say(_ event: SessionEvent, _ connection: Int) {
        guard connections[connection].agent.state == .open else { return }
        send(.agent(event), connection, to: .control)
    }

    /// A frame of the control plane has been read.
    func agentReceives(_ message: ControlMessage, _ connection: Int) {
        let node = connections[connection].node
        guard nodes[node].isAgentUp, nodes[node].connection == connection else { return }
        trace.note(now, 21, Int64(node), text: "\(nodes[node].id) is told: \(Self.text(message))")
        if nodes[node].isBase { baseAgentReceives(message, connection) } else { sessionReceives(message, connection) }
    }

    /// The connection has ended at the agent.
    func agentCloses(_ connection: Int) {
        guard connections[connection].agent.state != .closed else { return }
        close(connection, .agent)
        let node = connections[connection].node
        guard nodes[node].connection == connection else { return }
        trace.note(now, 23, Int64(node), text: "\(nodes[node].id) has lost connection \(connection)")
        nodes[node].connection = nil
        nodes[node].agent?.isReporting = false
        nodes[node].agent?.supervisor.sessionEnded()
        if nodes[node].agent?.ending == nil { scheduleConnect(node, after: .seconds(reconnectSeconds(node))) }
    }

    // MARK: - Lives

    func startAgent(_ node: Int) {
        guard !nodes[node].isAgentUp, nodes[node].hasPower, !nodes[node].isGone else { return }
        // It cannot open its ledger: whoever starts it tries again.
        guard nodes[node].isBase || nodes[node].diskBrokenUntil <= now else {
            return queue.schedule(.agentStarts(node: node), at: now + 1_000_000_000)
        }
        countStep()
        nodes[node].isAgentUp = true
        nodes[node].life += 1
        trace.note(now, 25, Int64(node), text: "the agent of \(nodes[node].id) starts")
        if !nodes[node].isBase { startRealAgent(node) }
        scheduleConnect(node, after: 1_000_000)
    }

    /// The agent's process ends; its replicas run on.
    func killAgent(_ node: Int, isSilent: Bool = false) {
        guard nodes[node].isAgentUp else { return }
        countStep()
        report.counts.agentDeaths += 1
        trace.note(now, 24, Int64(node), text: "the agent of \(nodes[node].id) dies")
        endAgent(node, isSilent: isSilent)
    }

    /// The agent is gone. Children at their gate end with it; what has ended and was watched by it leaves nothing.
    func endAgent(_ node: Int, isSilent: Bool = false) {
        nodes[node].isAgentUp = false
        nodes[node].agent = nil
        nodes[node].agentPausedUntil = 0
        nodes[node].connectToken += 1
        nodes[node].disk.writerDied()
        endBoundProcesses(node)
        for (id, process) in nodes[node].processes {
            if process.exit != nil {
                nodes[node].processes[id] = nil
            } else {
                nodes[node].processes[id]?.isWatched = false
            }
        }
        guard let connection = nodes[node].connection else { return }
        nodes[node].connection = nil
        close(connection, .agent, isSilent: isSilent)
    }

    /// The machine is dead: its processes end, and nobody hears of it.
    func losePower(_ node: Int) {
        guard nodes[node].hasPower else { return }
        killAgent(node, isSilent: true)
        report.counts.powerLosses += 1
        trace.note(now, 26, Int64(node), text: "\(nodes[node].id) loses its power")
        nodes[node].hasPower = false
        nodes[node].boots += 1
        for id in nodes[node].processes.keys { auditor.ended(id, on: node) }
        nodes[node].processes = [:]
        let lines = nodes[node].disk.ledger.unflushed.count
        nodes[node].disk.cutPower(keeping: Int.random(in: 0...lines, using: &random))
    }

    /// The machine's disk is empty when it comes back.
    func wipe(_ node: Int) {
        trace.note(now, 28, Int64(node), text: "the disk of \(nodes[node].id) is wiped")
        nodes[node].disk = SimulatedLedgerWriter()
        nodes[node].folders = []
        nodes[node].cluster = nil
        auditor.wiped(nodes[node].id)
    }
}
