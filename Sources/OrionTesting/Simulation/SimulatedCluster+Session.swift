import NIOCore
import OrionAgentKit
import OrionCore
import OrionScheduler
import OrionWS

/// A real agent's end of its session, as `Session` runs its machine.
extension SimulatedCluster {
    func startRealAgent(_ node: Int) {
        let machine = SessionMachine(addresses: 1, cluster: nodes[node].cluster, acceptedCluster: nil)
        nodes[node].agent = SimulatedAgent(session: machine, instanceId: "\(node)-\(nodes[node].life)")
        nodes[node].answeredAt = now
        adopt(node)
        scheduleLeaseTick(node)
    }

    func sessionOpened(_ connection: Int) {
        let node = connections[connection].node
        queue.schedule(.welcomeIsDue(connection: connection), at: now + 15_000_000_000)
        perform(nodes[node].agent?.session.opened() ?? [], connection)
    }

    func welcomeIsDue(_ connection: Int) {
        let node = connections[connection].node
        guard nodes[node].connection == connection else { return }
        perform(nodes[node].agent?.session.welcomeOverdue() ?? [], connection)
    }

    func sessionReceives(_ message: ControlMessage, _ connection: Int) {
        let node = connections[connection].node
        let holdsReplicas = nodes[node].agent?.supervisor.replicas.isEmpty == false
        let before = nodes[node].agent?.session.stage
        perform(nodes[node].agent?.session.received(message, holdsReplicas: holdsReplicas) ?? [], connection)
        if before == .greeting, nodes[node].agent?.session.stage == .serving {
            renewLeases(since: connections[connection].openedAt, connection)
        }
    }

    private func perform(_ actions: [SessionAction], _ connection: Int) {
        for action in actions { perform(action, connection) }
    }

    private func perform(_ action: SessionAction, _ connection: Int) {
        let node = connections[connection].node
        guard nodes[node].agent != nil, nodes[node].connection == connection else { return }
        let time = nodes[node].time(at: now)
        switch action {
        case .sayHello:
            nodes[node].agent?.isReporting = true
            say(.hello(hello(node), address: "simulated"), connection)
        case .keepAlive(let ping, let silence):
            connections[connection].agent.keepAlive.set(
                interval: .nanoseconds(.seconds(ping)), timeout: .nanoseconds(.seconds(silence)),
                at: reading(connection, .agent))
            scheduleKeepAlive(connection, .agent)
        case .heartbeats(let seconds):
            nodes[node].agent?.beatSeconds = seconds
            agentBeats(connection)
        case .remember(let cluster): nodes[node].cluster = cluster
        case .launch(let order): launch(order, node)
        case .stop(let stop):
            auditor.orderedToEnd(stop.replicaId)
            perform(nodes[node].agent?.supervisor.stop(stop, time) ?? [], node)
        case .update(let update):
            perform(nodes[node].agent?.supervisor.update(update, time) ?? [], node)
            setWatchdog(node)
        // A simulated replica writes nothing.
        case .logs: break
        case .close: agentCloses(connection)
        case .warn(let text): trace.remark(now, text)
        }
    }

    private func hello(_ node: Int) -> Hello {
        let id = nodes[node].id
        var hello = Hello(nodeId: id, name: id.rawValue, address: "127.0.0.1")
        hello.protocol = 1
        hello.instanceId = nodes[node].agent?.instanceId
        hello.capacity = nodes[node].capacity
        hello.replicas = nodes[node].agent?.supervisor.statuses
        for status in hello.replicas ?? [] { audit(status, node) }
        return hello
    }

    func agentBeats(_ connection: Int) {
        let node = connections[connection].node
        guard nodes[node].connection == connection, nodes[node].isAgentUp else { return }
        if nodes[node].isBase { return baseAgentBeats(connection) }
        guard let agent = nodes[node].agent, agent.session.stage == .serving, let seconds = agent.beatSeconds else {
            return
        }
        let time = nodes[node].time(at: now).timestamp
        var beat = Heartbeat(timestamp: time, metrics: Usage(cpu: 1, memory: 1))
        beat.digest = agent.supervisor.digest.description
        say(.heartbeat(beat, receivedAt: time), connection)
        let wait = nodes[node].clock.trueDuration(of: .seconds(seconds))
        queue.schedule(.agentBeats(connection: connection), at: now + wait)
    }

    // MARK: - Ending

    /// SIGTERM: it stops its replicas, says goodbye and ends.
    func leave(_ node: Int) {
        guard nodes[node].agent?.ending == nil, nodes[node].agent != nil else { return }
        countStep()
        trace.note(now, 29, Int64(node), text: "the agent of \(nodes[node].id) leaves")
        nodes[node].agent?.ending = .leaving
        if let connection = nodes[node].connection { say(.leaving, connection) }
        for id in nodes[node].processes.keys { auditor.orderedToEnd(id) }
        for id in nodes[node].agent?.supervisor.replicas.keys.sorted() ?? [] { auditor.orderedToEnd(id) }
        nodes[node].agent?.session.left()
        let time = nodes[node].time(at: now)
        perform(nodes[node].agent?.supervisor.stopAll(time) ?? [], node)
        endIfDone(node)
    }

    /// SIGUSR1: it lets its replicas run on and ends.
    func detach(_ node: Int) {
        guard nodes[node].agent?.ending == nil, nodes[node].agent != nil else { return }
        countStep()
        trace.note(now, 32, Int64(node), text: "the agent of \(nodes[node].id) detaches")
        nodes[node].agent?.ending = .detaching
        nodes[node].agent?.session.left()
        nodes[node].agent?.supervisor.beginDetaching()
        queue.schedule(.detachIsDue(node: node, life: nodes[node].life), at: now + 5_000_000_000)
        endIfDone(node)
    }

    func detachIsDue(_ node: Int, _ life: Int) {
        guard nodes[node].life == life, nodes[node].agent?.ending == .detaching else { return }
        endGracefully(node)
    }

    /// An agent that ends has nothing left to wait for.
    func endIfDone(_ node: Int) {
        guard let agent = nodes[node].agent, let ending = agent.ending else { return }
        switch ending {
        case .leaving:
            guard agent.supervisor.liveCount == 0, agent.supervisor.closingCount == 0 else { return }
            if let connection = nodes[node].connection { say(.goodbye, connection) }
            endGracefully(node)
        case .detaching: if agent.supervisor.gatedCount == 0 { endGracefully(node) }
        }
    }

    private func endGracefully(_ node: Int) {
        trace.note(now, 33, Int64(node), text: "the agent of \(nodes[node].id) has ended")
        endAgent(node)
        queue.schedule(.agentStarts(node: node), at: now + random.pause(mean: 1) + 1)
    }
}
