import NIOCore
import OrionControlPlane
import OrionCore
import OrionScheduler
import OrionWS

/// The control plane's ends of connections, as the gateway keeps them.
extension SimulatedCluster {
    /// An agent's frame has been read.
    func controlReceives(_ event: SessionEvent, _ connection: Int) {
        guard control.machine != nil, connections[connection].controlLife == control.life else { return }
        guard let session = connections[connection].session else {
            guard case .hello = event else { return controlBeginsClosing(connection) }
            let session = control.mailbox.connect(SimulatedHandle(connection: connection))
            connections[connection].session = session
            auditor.opened(session, by: nodes[connections[connection].node].id)
            return deliver(event, session)
        }
        deliver(event, session)
    }

    private func deliver(_ event: SessionEvent, _ session: SessionID) {
        trace.note(now, 8, Int64(session.rawValue), text: "from session \(session): \(Self.text(event))")
        control.mailbox.receive(event, from: session)
        mailCame()
    }

    /// A frame of a connection that the control plane has ended was past the gate already.
    func takeLate(_ frame: SimulatedFrame, _ connection: Int, at end: ConnectionEnd) {
        guard end == .control, case .agent(let event) = frame, let session = connections[connection].session,
            control.machine != nil, connections[connection].controlLife == control.life, random.chance(30)
        else { return }
        deliver(event, session)
    }

    /// The connection has ended at the control plane.
    func controlCloses(_ connection: Int) {
        guard connections[connection].control.state != .closed else { return }
        let silence = connections[connection].control.keepAlive.silence(at: reading(connection, .control))
        close(connection, .control)
        guard control.machine != nil, connections[connection].controlLife == control.life,
            let session = connections[connection].session
        else { return }
        if connections[connection].probe != nil { answerProbe(connection, isAlive: false) }
        control.tickIdle(until: now)
        let since = control.clock.instant(secondsAgo: silence, raw: control.reading(at: now))
        deliver(.closed(silentSince: since), session)
    }

    /// The engine, or a broken rule, ends a session: the agent is told, and has some time to answer.
    func controlBeginsClosing(_ connection: Int) {
        guard connections[connection].control.state == .open else { return }
        send(.close, connection, to: .agent)
        connections[connection].control.state = .closing
        queue.schedule(.closeEnds(connection: connection), at: now + 5_000_000_000)
    }

    func closeEnds(_ connection: Int) { controlCloses(connection) }

    func setReading(_ connection: Int, isPaused: Bool) {
        guard connections[connection].control.state != .closed else { return }
        connections[connection].control.isPaused = isPaused
        if isPaused { return connections[connection].control.keepAlive.suspend() }
        connections[connection].control.keepAlive.resume(at: reading(connection, .control))
        scheduleKeepAlive(connection, .control)
        releaseHeld(connection, to: .control)
    }

    // MARK: - Probes

    func beginProbe(_ connection: Int) {
        connections[connection].lastProbe += 1
        let number = connections[connection].lastProbe
        connections[connection].probe = SimulatedConnection.Probe(number: number)
        guard connections[connection].control.state == .open else {
            return answerProbe(connection, isAlive: false)
        }
        send(.probe(number), connection, to: .agent)
        queue.schedule(.probeEnds(connection: connection, probe: number), at: now + 2_000_000_000)
    }

    func probeEnds(_ connection: Int, _ probe: UInt64) {
        guard connections[connection].probe?.number == probe else { return }
        answerProbe(connection, isAlive: connections[connection].control.isPaused)
    }

    func answerProbe(_ connection: Int, isAlive: Bool) {
        connections[connection].probe = nil
        guard control.machine != nil, connections[connection].controlLife == control.life,
            let session = connections[connection].session
        else { return }
        deliver(.probed(isAlive: isAlive), session)
    }

    /// When the last ping was sent that the agent in charge of a node has answered to this control plane.
    func answeredPing(of id: NodeID) -> Int64? {
        guard let session = auditor.current[id] else { return nil }
        return connections.last { connection in
            connection.session == session && connection.isWelcome && connection.controlLife == control.life
        }?.lastAnsweredPing
    }
}
