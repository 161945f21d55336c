import OrionControlPlane
import OrionScheduler

/// What goes wrong, and when it is mended.
extension SimulatedCluster {
    func disturb() {
        guard isTurmoil, let fault = scenario.faults.randomElement(using: &random) else { return }
        queue.schedule(.disturb, at: now + random.pause(mean: scenario.faultSeconds) + 1)
        let node = Int.random(in: 0..<nodes.count, using: &random)
        let timeout = scenario.options.heartbeatTimeoutSeconds
        let pause = random.pause(mean: [0.3, timeout, timeout * 2].randomElement(using: &random) ?? timeout)
        trace.note(now, 30, Int64(node), pause, text: "fault: \(fault), \(nodes[node].id), \(Double(pause) / 1e9) s")
        switch fault {
        case .resetLine: resetLine(node)
        case .cutLine: cut(node, hears: false, reaches: false, for: pause)
        case .cutOneWay:
            let hears = random.chance(50)
            cut(node, hears: hears, reaches: !hears, for: pause)
        case .cutMany:
            // More than a third of them, for longer than a timeout perhaps.
            for number in 0...nodes.count / 3 {
                cut((node + number) % nodes.count, hears: false, reaches: false, for: 2 * pause)
            }
        case .agentDies:
            guard !nodes[node].isBase else { return }
            killAgent(node)
            queue.schedule(.agentStarts(node: node), at: now + pause)
        case .powerFails: failPower(node, for: pause)
        case .diskIsWiped:
            guard !nodes[node].isBase, random.chance(30) else { return }
            failPower(node, for: pause)
            wipe(node)
        case .nodeStandsStill: nodes[node].pausedUntil = max(nodes[node].pausedUntil, now + pause)
        case .agentStandsStill: nodes[node].agentPausedUntil = max(nodes[node].agentPausedUntil, now + pause)
        case .nodeIsSuspended: suspend(node, for: pause)
        case .controlPlaneDies: killControlPlane()
        case .controlPlaneStandsStill: stopControlPlane(for: pause)
        case .diskIsBroken: control.brokenUntil = max(control.brokenUntil, now + pause)
        case .agentDiskIsBroken: nodes[node].diskBrokenUntil = max(nodes[node].diskBrokenUntil, now + pause)
        case .agentLeaves where nodes[node].agentActsAfter <= now: leave(node)
        case .agentDetaches where nodes[node].agentActsAfter <= now: detach(node)
        case .agentLeaves, .agentDetaches: break
        case .processDies: killProcess(node)
        }
    }

    /// Something between the two ends their connection.
    private func resetLine(_ node: Int) {
        guard let connection = nodes[node].connection else { return }
        countStep()
        // Each side hears of it when what arrives before has arrived.
        if random.chance(50) { controlCloses(connection) } else { agentCloses(connection) }
    }

    private func cut(_ node: Int, hears: Bool, reaches: Bool, for pause: Int64) {
        countStep()
        nodes[node].hearsControl = hears
        nodes[node].reachesControl = reaches
        queue.schedule(.mend(.line(node: node)), at: now + pause)
    }

    private func failPower(_ node: Int, for pause: Int64) {
        guard !nodes[node].isBase else { return }
        losePower(node)
        queue.schedule(.mend(.power(node: node)), at: now + pause)
    }

    private func suspend(_ node: Int, for pause: Int64) {
        guard nodes[node].pausedUntil <= now else { return }
        nodes[node].pausedUntil = now + pause
        nodes[node].clock.stop(for: pause)
    }

    private func stopControlPlane(for pause: Int64) {
        guard control.pausedUntil <= now else { return }
        control.tickIdle(until: now)
        control.pausedUntil = now + pause
        control.standsStill = true
        queue.schedule(.mend(.controlPlane), at: now + pause)
    }

    func mend(_ mending: Mending) {
        countStep()
        switch mending {
        case .line(let node): mendLine(node)
        case .controlPlane: controlPlaneGoesOn()
        case .power(let node): restorePower(node)
        }
    }

    /// The first thing that it does after a standstill is to tick.
    func controlPlaneGoesOn() {
        guard control.standsStill, control.pausedUntil <= now else { return }
        control.standsStill = false
        if control.machine?.isReady == true { control.tick(at: now) }
    }

    func mendLine(_ node: Int) {
        nodes[node].hearsControl = true
        nodes[node].reachesControl = true
        for index in connections.indices where connections[index].node == node {
            releaseHeld(index, to: .agent)
            releaseHeld(index, to: .control)
        }
    }

    func restorePower(_ node: Int) {
        guard !nodes[node].hasPower, !nodes[node].isGone else { return }
        trace.note(now, 31, Int64(node), text: "\(nodes[node].id) has power again")
        nodes[node].hasPower = true
        queue.schedule(.agentStarts(node: node), at: now + 1_000_000)
    }
}
