import NIOCore
import OrionControlPlane
import OrionCore
import OrionScheduler
import OrionWS

/// Connections: frames in order, pings, cuts, and ends after any prefix.
extension SimulatedCluster {
    /// Half a second: a timer that is later was late because its machine stood still.
    private static let stall: Int64 = 500_000_000

    func deadline(_ nanoseconds: Int64) -> NIODeadline { .uptimeNanoseconds(UInt64(max(0, nanoseconds))) }

    /// The clock of the machine at an end.
    func reading(_ connection: Int, _ end: ConnectionEnd) -> NIODeadline {
        deadline(
            end == .control ? control.reading(at: now) : nodes[connections[connection].node].clock.reading(at: now))
    }

    /// Opens a connection: both ends stand.
    func open(node: Int) -> Int {
        let timeout = scenario.options.heartbeatTimeoutSeconds
        let number = connections.count
        let agentTime = deadline(nodes[node].clock.reading(at: now))
        // One with base fields alone pings nobody.
        let agentInterval = nodes[node].isBase ? nil : TimeAmount.nanoseconds(.seconds(timeout / 4))
        let agentTimeout = nodes[node].isBase ? nil : TimeAmount.nanoseconds(.seconds(timeout))
        let agent = SimulatedConnection.Side(
            keepAlive: KeepAlive(interval: agentInterval, timeout: agentTimeout, at: agentTime))
        let controlSide = SimulatedConnection.Side(
            keepAlive: KeepAlive(
                interval: .nanoseconds(.seconds(timeout / 4)), timeout: .nanoseconds(.seconds(timeout)),
                at: deadline(control.reading(at: now))))
        connections.append(
            SimulatedConnection(
                node: node, life: nodes[node].life, controlLife: control.life, agent: agent, control: controlSide,
                lastAnsweredPing: now, openedAt: now))
        scheduleKeepAlive(number, .agent)
        scheduleKeepAlive(number, .control)
        return number
    }

    /// Sends a frame to an end; it arrives after those sent before.
    func send(_ frame: SimulatedFrame, _ connection: Int, to end: ConnectionEnd) {
        let arrival = max(now + latency(), connections[connection][end].lastArrival + 1)
        connections[connection][end].incoming.append(frame)
        connections[connection][end].lastArrival = arrival
        queue.schedule(.arrives(connection: connection, at: end), at: arrival)
    }

    private func latency() -> Int64 {
        let isSlow = isTurmoil && Int.random(in: 0..<1000, using: &random) < scenario.slowFrames
        return Int64.seconds(Double.random(in: 0.01...1, using: &random) * (isSlow ? 2 : scenario.latencySeconds))
    }

    /// A frame is there, unless the line is cut or nobody reads.
    func arrives(_ connection: Int, at end: ConnectionEnd) {
        let node = connections[connection].node
        guard nodes[node].passes(to: end), !connections[connection][end].isPaused else {
            connections[connection][end].held += 1
            return
        }
        guard !connections[connection][end].incoming.isEmpty else { return }
        let frame = connections[connection][end].incoming.removeFirst()
        if end == .agent, !nodes[node].hasPower { return }
        if frame.isMessage { countStep() }
        take(frame, connection, at: end)
    }

    private func take(_ frame: SimulatedFrame, _ connection: Int, at end: ConnectionEnd) {
        if case .end = frame { return endCame(connection, at: end) }
        let state = connections[connection][end].state
        guard state == .open || state == .closing else {
            takeLate(frame, connection, at: end)
            // What comes to a connection that is not there is answered with its end.
            if connections[connection][end.other].state != .closed { send(.end, connection, to: end.other) }
            return
        }
        let time = reading(connection, end)
        connections[connection][end].keepAlive.frameCame(at: time)
        switch frame {
        case .ping(let number): send(.pong(number), connection, to: end.other)
        case .pong(let number):
            _ = connections[connection][end].keepAlive.ponged(number)
            if end == .control, let sent = connections[connection].pingTimes.removeValue(forKey: number) {
                connections[connection].lastAnsweredPing = max(connections[connection].lastAnsweredPing, sent)
            }
        case .probe(let number): send(.probed(number), connection, to: end.other)
        case .probed(let number):
            if end == .agent {
                leasePingAnswered(number, connection)
            } else if connections[connection].probe?.number == number {
                answerProbe(connection, isAlive: true)
            }
        case .close: closeCame(connection, at: end)
        case .agent(let event):
            if state == .open { controlReceives(event, connection) } else { takeLate(frame, connection, at: end) }
        case .control(let message): if state == .open { agentReceives(message, connection) }
        case .end: break
        }
    }

    /// The other end is gone.
    private func endCame(_ connection: Int, at end: ConnectionEnd) {
        guard connections[connection][end].state != .closed else { return }
        if end == .control { controlCloses(connection) } else { agentCloses(connection) }
    }

    private func closeCame(_ connection: Int, at end: ConnectionEnd) {
        if end == .control { controlCloses(connection) } else { agentCloses(connection) }
    }

    /// An end lets go: what it has sent arrives up to any point, then the other end hears of it.
    ///
    /// - Parameter isSilent: nothing says that it is gone, as after a loss of power.
    func close(_ connection: Int, _ end: ConnectionEnd, isSilent: Bool = false) {
        guard connections[connection][end].state != .closed else { return }
        connections[connection][end].state = .closed
        connections[connection][end].keepAliveToken += 1
        let waiting = connections[connection][end.other].incoming.count
        if isTurmoil, waiting > 0, random.chance(60) {
            let kept = Int.random(in: 0...waiting, using: &random)
            lose(connections[connection][end.other].incoming.dropFirst(kept), on: connection)
            connections[connection][end.other].incoming.removeLast(waiting - kept)
        }
        lose(connections[connection][end].incoming[...], on: connection)
        connections[connection][end].incoming = []
        if !isSilent { send(.end, connection, to: end.other) }
    }

    private func lose(_ frames: ArraySlice<SimulatedFrame>, on connection: Int) {
        if frames.contains(where: \.isMessage) { nodes[connections[connection].node].isLossy = true }
    }

    /// A line lets frames through again, or an end is read again.
    func releaseHeld(_ connection: Int, to end: ConnectionEnd) {
        guard nodes[connections[connection].node].passes(to: end), !connections[connection][end].isPaused else {
            return
        }
        let count = connections[connection][end].held
        connections[connection][end].held = 0
        for _ in 0..<count {
            let arrival = max(now + latency(), connections[connection][end].lastArrival + 1)
            connections[connection][end].lastArrival = arrival
            queue.schedule(.arrives(connection: connection, at: end), at: arrival)
        }
    }

    // MARK: - Pings

    func scheduleKeepAlive(_ connection: Int, _ end: ConnectionEnd) {
        connections[connection][end].keepAliveToken += 1
        guard let deadline = connections[connection][end].keepAlive.nextDeadline else { return }
        let clock = end == .control ? control.machineClock : nodes[connections[connection].node].clock
        let wait = max(0, Int64(deadline.uptimeNanoseconds) - clock.reading(at: now))
        let token = connections[connection][end].keepAliveToken
        let time = now + clock.trueDuration(of: wait)
        connections[connection][end].keepAliveDue = time
        queue.schedule(.keepAlive(connection: connection, at: end, token: token), at: time)
    }

    func keepAlive(_ connection: Int, at end: ConnectionEnd, _ token: Int) {
        guard connections[connection][end].keepAliveToken == token, connections[connection][end].state != .closed else {
            return
        }
        let time = reading(connection, end)
        let late = now - connections[connection][end].keepAliveDue
        if late > Self.stall { connections[connection][end].keepAlive.stoodStill(for: .nanoseconds(late), at: time) }
        switch connections[connection][end].keepAlive.timerFired(at: time) {
        case .nothing: break
        case .ping:
            let number = connections[connection][end].keepAlive.pinged(at: time)
            if end == .control { connections[connection].pingTimes[number] = now }
            send(.ping(number), connection, to: end.other)
        case .silent:
            trace.note(now, 1, Int64(connection), text: "\(end) gives connection \(connection) up: silent")
            return end == .control ? controlCloses(connection) : agentCloses(connection)
        }
        scheduleKeepAlive(connection, end)
    }
}
