import OrionAgentKit
import OrionCore

/// Leases: what a real agent's `Session` does for them, on a clock that runs through a suspension.
extension SimulatedCluster {
    /// Stops what ran for too long without a control plane, and finds out whether there is one.
    func leaseTick(_ node: Int, _ life: Int) {
        guard nodes[node].life == life, let agent = nodes[node].agent else { return }
        orderLeasesToEnd(agent, node)
        let time = nodes[node].time(at: now)
        perform(nodes[node].agent?.supervisor.endLeases(time) ?? [], node)
        setWatchdog(node)
        if agent.ending != nil, nodes[node].agent?.watchdog == nil { return }
        if nodes[node].agent?.supervisor.needsPing(time) == true { pingForLeases(node) }
        scheduleLeaseTick(node)
    }

    func scheduleLeaseTick(_ node: Int) {
        let wait = nodes[node].clock.trueDuration(of: .seconds(SupervisorMachine.leaseTickSeconds))
        queue.schedule(.leaseTick(node: node, life: nodes[node].life), at: now + wait)
    }

    /// By the books: what an agent may end is what nobody has answered for as long as its lease.
    private func orderLeasesToEnd(_ agent: SimulatedAgent, _ node: Int) {
        let age = Double(now - nodes[node].answeredAt) / 1e9
        for (id, replica) in agent.supervisor.replicas {
            guard let seconds = replica.record.specification.value.disconnect.stopAfterSeconds else { continue }
            if age >= seconds * 0.99 { auditor.orderedToEnd(id) }
        }
    }

    func pingForLeases(_ node: Int) {
        guard let connection = nodes[node].connection, nodes[node].agent?.session.stage == .serving else { return }
        connections[connection].lastLeasePing += 1
        let number = connections[connection].lastLeasePing
        connections[connection].leasePings[number] = now
        send(.probe(number), connection, to: .control)
    }

    func leasePingAnswered(_ number: UInt64, _ connection: Int) {
        guard let sent = connections[connection].leasePings.removeValue(forKey: number) else { return }
        renewLeases(since: sent, connection)
    }

    /// What was sent then has been answered.
    func renewLeases(since sent: Int64, _ connection: Int) {
        let node = connections[connection].node
        guard nodes[node].connection == connection, nodes[node].agent != nil else { return }
        nodes[node].answeredAt = max(nodes[node].answeredAt, sent)
        let (then, time) = (nodes[node].time(at: sent).instant, nodes[node].time(at: now))
        perform(nodes[node].agent?.supervisor.leaseRenewed(since: then, time) ?? [], node)
        setWatchdog(node)
    }

    /// The agent does not stand still.
    func setWatchdog(_ node: Int) {
        setWatchdog(node, nodes[node].agent?.supervisor.watchdogDeadline(nodes[node].time(at: now)))
    }

    /// A replica is about to run.
    func guardLease(of id: ReplicaID, _ node: Int) {
        guard let agent = nodes[node].agent,
            let deadline = agent.supervisor.watchdogDeadline(for: id, nodes[node].time(at: now))
        else { return }
        setWatchdog(node, agent.watchdog.map { min($0, deadline) } ?? deadline)
    }

    private func setWatchdog(_ node: Int, _ deadline: ContinuousClock.Instant?) {
        guard let agent = nodes[node].agent, agent.watchdog != deadline else { return }
        let token = agent.watchdogToken + 1
        nodes[node].agent?.watchdog = deadline
        nodes[node].agent?.watchdogToken = token
        guard let deadline else { return }
        let seconds = (deadline - nodes[node].time(at: now).instant) / .seconds(1)
        let wait = nodes[node].clock.trueDuration(of: .seconds(seconds))
        queue.schedule(.watchdogBites(node: node, life: nodes[node].life, token: token), at: now + wait)
    }

    /// The kernel ends an agent that stands still, and whoever starts agents starts it again.
    func watchdogBites(_ node: Int, _ life: Int, _ token: Int) {
        guard nodes[node].life == life, nodes[node].agent?.watchdogToken == token else { return }
        trace.remark(now, "the watchdog of \(nodes[node].id) ends its agent")
        killAgent(node)
        queue.schedule(.agentStarts(node: node), at: now + .seconds(1))
    }

    /// A replica is launched; what has to be sure that it is still wanted is so after one ping.
    func launch(_ order: Launch, _ node: Int) {
        let wereWaiting = nodes[node].agent?.supervisor.unproven.count
        let time = nodes[node].time(at: now)
        perform(nodes[node].agent?.supervisor.launch(order, time) ?? [], node)
        if wereWaiting == 0, nodes[node].agent?.supervisor.unproven.isEmpty == false { pingForLeases(node) }
    }

    /// Whether a machine's agent has replicas that end with it, or that the next one ends.
    func holdsBoundReplicas(_ node: Int) -> Bool {
        let replicas = nodes[node].agent?.supervisor.replicas ?? [:]
        return nodes[node].processes.values.contains(where: \.isBound)
            || replicas.values.contains { !$0.record.specification.value.disconnect.overlap }
    }

    /// Processes that do not outlive their agent.
    func endBoundProcesses(_ node: Int) {
        for (id, process) in nodes[node].processes.sorted(by: { $0.key < $1.key })
        where process.isBound && process.exit == nil {
            trace.note(now, 34, Int64(node), text: "\(id) ends with its agent on \(nodes[node].id)")
            auditor.ended(id, on: node)
            nodes[node].processes[id] = nil
        }
    }

    /// With `overlap: false` the original of a replica does not run any more, nor does what replaced it; and no more of its
    /// service run than there was room for when the last of them was placed.
    ///
    /// A machine that stood still when a lease ended cannot know it before it goes on: what it runs has the fence.
    func checkRivals(of id: ReplicaID) {
        if let rival = auditor.rival(of: id) {
            if isBehind(rival) { return trace.remark(now, "\(rival) has stood still and still runs") }
            return fail(.overlap, "\(id) starts while \(rival) runs, and must not run beside it")
        }
        let running = auditor.boundBeside(id).filter { $0 == id || !isBehind($0) }
        guard let room = auditor.room(of: running), running.count > room else { return }
        fail(.overlap, "\(id) starts, so that \(running) run; there was room for \(room) when the last was placed")
    }

    private func isBehind(_ id: ReplicaID) -> Bool {
        auditor.lives[id].map { nodes[$0.machine].pausedUntil + Self.secondsToEnd > now } ?? false
    }

    /// A tick, the longest grace period, and what a process takes to end.
    private static let secondsToEnd = Int64.seconds(4)
}
