import OrionCore
import OrionScheduler

/// Agents with base fields alone: they do as they are told at once, and say nothing of what they run when they come back.
/// Their machines never lose anything, since nobody would ever hear of it.
extension SimulatedCluster {
    func baseAgentOpened(_ connection: Int) {
        let node = connections[connection].node
        say(.hello(nodes[node].model.hello(nodes[node].id, speaksProtocol: false), address: "simulated"), connection)
        baseAgentBeats(connection)
    }

    func baseAgentBeats(_ connection: Int) {
        let time = Timestamp(milliseconds: now / 1_000_000)
        let beat = Heartbeat(timestamp: time, metrics: Usage(cpu: 1, memory: 1))
        say(.heartbeat(beat, receivedAt: time), connection)
        queue.schedule(
            .agentBeats(connection: connection), at: now + .seconds(scenario.options.heartbeatIntervalSeconds))
    }

    func baseAgentReceives(_ message: ControlMessage, _ connection: Int) {
        let node = connections[connection].node
        let before = nodes[node].model.started.count
        if case .launch(let launch) = message, nodes[node].model.started.contains(launch.replicaId) {
            // Nothing says that an agent with base fields alone knows an id again.
            return fail(.identity, "\(launch.replicaId) is launched again on \(nodes[node].id)")
        }
        let statuses = nodes[node].model.obey(message)
        for id in nodes[node].model.started[before...] { processStarts(id, node, restarts: 0) }
        for status in statuses {
            if status.state.isFinal { baseProcessEnds(status.replicaId, node) }
            say(.status(status), connection)
        }
    }

    /// A replica's process ends by itself, for good.
    func killBaseProcess(_ node: Int) {
        let running = nodes[node].model.records.values.filter(\.state.isRunning).map(\.replicaId).sorted()
        guard let id = running.randomElement(using: &random) else { return }
        countStep()
        trace.note(now, 27, Int64(node), text: "\(id) dies on \(nodes[node].id)")
        baseProcessEnds(id, node)
        guard let status = nodes[node].model.change(id, to: .failed) else { return }
        if let connection = nodes[node].connection {
            say(.status(status), connection)
        } else {
            nodes[node].isLossy = true
        }
    }

    private func baseProcessEnds(_ id: ReplicaID, _ node: Int) {
        auditor.ended(id, on: node)
        auditor.endedForGood(id, on: node)
    }

    func processStarts(_ id: ReplicaID, _ node: Int, restarts: Int, isBound: Bool = false) {
        report.counts.starts += 1
        trace.note(now, 22, Int64(node), text: "\(id) starts on \(nodes[node].id)")
        let place = Auditor.Place(machine: node, node: nodes[node].id)
        if let (check, problem) = auditor.started(id, on: place, restarts: restarts, isBound: isBound) {
            fail(check, problem)
        }
        checkRivals(of: id)
    }
}
