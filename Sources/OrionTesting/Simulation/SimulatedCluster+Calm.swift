import OrionControlPlane
import OrionCore
import OrionScheduler

/// Calms: everything is mended, and what runs must become what is wanted.
extension SimulatedCluster {
    /// By when everything must have settled: silences, back-offs, graces and rollouts one after the other.
    private static let patienceSeconds = 240.0
    /// How long it must look settled, so that no timer is about to change it.
    private static let settledSeconds = 16.0
    /// How long after the last fault a machine that is gone may still run, by its lease, what keeps its place.
    private static let leaseSeconds = 45.0

    func beginTurmoil() {
        trace.note(now, 41, text: "turmoil")
        calm = nil
        stepsAtTurmoil = report.steps
        for index in nodes.indices where nodes[index].isGone {
            nodes[index].isGone = false
            restorePower(index)
        }
        queue.schedule(.act, at: now + random.pause(mean: scenario.changeSeconds) + 1)
        queue.schedule(.disturb, at: now + random.pause(mean: scenario.faultSeconds) + 1)
    }

    func beginCalm() {
        calms += 1
        calm = Calm(deadline: now + .seconds(Self.patienceSeconds), token: calms)
        trace.note(now, 40, text: "calm")
        // A machine that stands still goes on by itself: what came for it meanwhile is still to be taken in then.
        control.brokenUntil = 0
        let last = scenario.nodes - 1
        if scenario.nodes > 2, random.chance(30) { nodes[last].isGone = !nodes[last].isBase }
        for index in nodes.indices where nodes[index].isTwin { nodes[index].isGone = true }
        for index in nodes.indices { heal(index) }
        queue.schedule(.look(token: calms), at: now + 500_000_000)
    }

    private func heal(_ node: Int) {
        nodes[node].diskBrokenUntil = 0
        mendLine(node)
        if nodes[node].isGone { losePower(node) } else { restorePower(node) }
        if nodes[node].hasPower, !nodes[node].isAgentUp { queue.schedule(.agentStarts(node: node), at: now + 1) }
    }

    /// Takes nodes into service, and changes services so that they can work and all of them fit on the machines that are
    /// there: whatever of it is not so yet.
    private func arrange() {
        guard workload.asked.isEmpty else { return }
        for node in nodes where !node.isGone {
            guard let stored = auditor.nodes[node.id], !stored.isSchedulable || stored.isDraining else { continue }
            ask(.uncordon(node.id.rawValue), [:])
        }
        var config = OrionConfig()
        for name in auditor.services.keys.sorted() {
            guard let service = auditor.services[name], !service.isRemoving,
                let specification = auditor.specification(of: service)
            else { continue }
            var arranged = arranged(specification)
            // Whoever wants a halted rollout to go on has to ask for another.
            let isHalted = control.machine?.state.serviceRecord(name)?.status.rollout.state == .halted
            if isHalted { arranged.env["VERSION"] = "again \(workload.lastNumber)" }
            if arranged != specification { config.spec.services.append(arranged) }
        }
        guard !config.spec.services.isEmpty else { return }
        var changes: [ServiceName: Workload.Change] = [:]
        for service in config.spec.services { changes[service.name] = .specification(service) }
        ask(.apply(Request.Apply(config: config)), changes)
    }

    private func arranged(_ specification: ServiceSpecification) -> ServiceSpecification {
        var arranged = specification
        // Agents with base fields alone have no leases.
        let there = nodes.count { !$0.isGone && (specification.disconnect.overlap || !$0.isBase) }
        if !SimulatedProgram(specification).isSound { arranged.env[SimulatedProgram.variable] = nil }
        // Until everybody is connected again after a restart, nothing is to be stopped for want of a control plane.
        arranged.disconnect.stopAfterSeconds = specification.disconnect.stopAfterSeconds.map { max($0, 4) }
        switch specification.name {
        case "a": arranged.replicas = max(1, specification.replicas)
        case "b": arranged.replicas = min(there, specification.replicas)
        case "d": if auditor.services["a"]?.isRemoving != false { arranged.dependencies = [] }
        case "c": arranged.replicas = min(there, 3, specification.replicas)
        default: break
        }
        return arranged
    }

    func look(_ token: Int) {
        guard let calm, calm.token == token else { return }
        countStep()
        switch calm.stage {
        case .settling, .restarted: arrange()
        case .released, .spoiled, .bereft: break
        }
        let problem = unsettled()
        if problem != nil { self.calm?.settledSince = nil }
        if problem == nil, calm.settledSince == nil { self.calm?.settledSince = now }
        if let since = self.calm?.settledSince, now - since >= .seconds(Self.settledSeconds) { return settled() }
        if case .bereft = calm.stage { return lookBereft(problem) }
        if let problem, now > calm.deadline {
            return fail(.convergence, "\(Self.patienceSeconds) s after the last fault \(problem)")
        }
        queue.schedule(.look(token: token), at: now + 500_000_000)
    }

    private func settled() {
        report.counts.settled += 1
        checkFixpoint()
        let running = runningProcesses()
        switch calm?.stage {
        case .restarted(let before):
            if running != before {
                fail(
                    .fixpoint,
                    "after a restart of everything \(running.keys.sorted()) run, before it \(before.keys.sorted())")
            }
            if !release(), !bereave() { beginTurmoil() }
        case .released(let release):
            checkTaken(release)
            if !spoil(release), !bereave() { beginTurmoil() }
        case .spoiled(let release):
            checkRolledBack(release)
            if !bereave() { beginTurmoil() }
        case .bereft: beginTurmoil()
        case .settling, nil:
            trace.note(now, 42, text: "settled; everything is restarted")
            enter(.restarted(running: running))
            if random.chance(70) { killControlPlane() }
            for index in nodes.indices where mayDie(index) && random.chance(50) {
                killAgent(index)
                queue.schedule(.agentStarts(node: index), at: now + 300_000_000)
            }
        }
    }

    /// Waits until everything has settled once more.
    func enter(_ stage: Calm.Stage) {
        calm?.stage = stage
        calm?.settledSince = nil
        calm?.deadline = now + .seconds(Self.patienceSeconds)
        queue.schedule(.look(token: calm?.token ?? 0), at: now + 500_000_000)
    }

    /// Whether the agent of a machine that is there may die, and nothing comes of it.
    private func mayDie(_ node: Int) -> Bool {
        !nodes[node].isBase && !nodes[node].isGone && !holdsBoundReplicas(node)
    }

    /// Takes a machine away, where the others have room for what it runs; whether it did.
    private func bereave() -> Bool {
        let there = nodes.indices.filter { !nodes[$0].isGone && !nodes[$0].isBase }
        var patience = 0.0
        let fits = auditor.services.values.allSatisfy { service in
            let specification = auditor.specifications[
                auditor.generations[service.name]?[service.generation]?.specification ?? []]
            patience = max(patience, specification.map(replacementSeconds) ?? 0)
            return service.isRemoving || specification.map { $0.ports.isEmpty || $0.replicas < there.count } ?? false
        }
        guard there.count == scenario.nodes, there.count > 2, fits, random.chance(40) else { return false }
        let node = there.randomElement(using: &random) ?? 0
        trace.note(now, 43, Int64(node), text: "\(nodes[node].id) is taken away")
        nodes[node].isGone = true
        losePower(node)
        calm?.stage = .bereft
        calm?.deadline = now + .seconds(patience * 1.001 + 2)
        queue.schedule(.look(token: calm?.token ?? 0), at: now + 500_000_000)
        return true
    }

    /// Within how many seconds of a loss something else is told to run (but for two).
    private func replacementSeconds(_ specification: ServiceSpecification) -> Double {
        let (timeout, policy) = (scenario.options.heartbeatTimeoutSeconds, specification.disconnect)
        let silence = max(timeout, policy.replaceAfterSeconds ?? timeout)
        guard !policy.overlap, let lease = policy.stopAfterSeconds else { return silence }
        // A machine that loses its power is heard until it is lost.
        return max(silence, timeout + (lease + specification.stop.gracePeriodSeconds) * 1.01 + 1)
    }

    private func lookBereft(_ problem: String?) {
        guard let calm else { return }
        if now < calm.deadline {
            return queue.schedule(.look(token: calm.token), at: min(now + 500_000_000, calm.deadline))
        }
        if let problem { return fail(.replacement, "after the loss of a machine \(problem)") }
        beginTurmoil()
    }

    /// Every process, with how often it was started.
    private func runningProcesses() -> [ReplicaID: Int] {
        auditor.lives.filter(\.value.isRunning).mapValues(\.starts)
    }

    /// What is not yet as it should be.
    private func unsettled() -> String? {
        guard control.machine != nil, !control.isUnwritable, !control.standsStill else {
            return "the control plane does not work"
        }
        for node in nodes where !node.isGone {
            guard node.agentActsAfter <= now else { return "\(node.id) stands still" }
            guard node.isAgentUp, let connection = node.connection, connections[connection].session != nil else {
                return "\(node.id) is not connected"
            }
        }
        if !workload.asked.isEmpty { return "a request is not answered" }
        for name in auditor.services.keys.sorted() {
            if let problem = unsettled(name) { return problem }
        }
        return strays()
    }

    private func unsettled(_ name: ServiceName) -> String? {
        guard let service = auditor.services[name] else { return nil }
        let replicas = auditor.replicas.values.filter { $0.service == name }
        let gone = Set(nodes.filter(\.isGone).map(\.id)).subtracting(nodes.filter { !$0.isGone }.map(\.id))
        let there = replicas.filter { !gone.contains($0.node) }
        if service.isRemoving { return there.isEmpty ? nil : "\(name) is still being removed" }
        guard let specification = auditor.specification(of: service) else { return "\(name) has no specification" }
        // What is done is done, wherever that was.
        let counted = replicas.filter { !gone.contains($0.node) || isDone($0) }
        if isHeldBack(specification), counted.isEmpty { return nil }
        let generation = auditor.generations[name]?[service.generation]
        let firstCurrent = generation?.restartFrom ?? 0
        let ready = counted.count { $0.intent == .run && $0.state == .ready }
        let done = counted.count { $0.intent == .run && isDone($0) }
        // Where one has failed for good, an old one that came back after the rollout may stay for it.
        let isProgressing = control.machine?.state.serviceRecord(name)?.status.rollout.state == .progressing
        let hasFailed = counted.contains { $0.state == .failed && $0.generation >= firstCurrent }
        let areThere = counted.allSatisfy { $0.intent == .run } && counted.count >= specification.replicas
        let isHeldUp = replicas.contains { gone.contains($0.node) && mayStillRun($0) }
        if hasFailed, isHeldUp { return "\(name) may wait for a lease" }
        if hasFailed, !isProgressing, areThere, ready + done == counted.count { return nil }
        let isUnderWay =
            generation?.ending == nil
            && (firstCurrent > service.observedGeneration || service.provenGeneration < firstCurrent)
        if hasFailed, isUnderWay { return "the rollout of \(name) has yet to fail" }
        if ready + done != specification.replicas || counted.count != ready + done {
            let states = counted.map { "\($0.id) on \($0.node) \($0.intent) \($0.state)" }.sorted()
            return "\(name) has \(states) instead of \(specification.replicas) replicas"
        }
        if let old = counted.first(where: { !$0.state.isFinal && $0.generation < firstCurrent }) {
            return "\(old.id) is of generation \(old.generation), \(firstCurrent) is wanted"
        }
        return nil
    }

    /// Whether one on a machine that is gone may run on by its lease, and so hold up a rollout.
    private func mayStillRun(_ replica: StoredReplica) -> Bool {
        guard let calm, now < calm.deadline - .seconds(Self.patienceSeconds - Self.leaseSeconds) else { return false }
        guard !replica.state.isFinal else { return false }
        return auditor.specification(of: replica.service, replica.generation)?.disconnect.overlap == false
    }

    /// Whether it has ended for good, by the policy that it ran under and by the one that is wanted; not one of processes
    /// that are wanted no more.
    private func isDone(_ replica: StoredReplica) -> Bool {
        guard let service = auditor.services[replica.service],
            let current = auditor.generations[replica.service]?[service.generation]?.restartFrom,
            replica.generation >= current
        else { return false }
        return [replica.generation, service.generation].allSatisfy { generation in
            guard let restart = auditor.specification(of: replica.service, generation)?.restart else { return false }
            return Self.isFinal(replica, by: restart)
        }
    }

    private static func isFinal(_ replica: StoredReplica, by restart: RestartPolicy) -> Bool {
        switch replica.state {
        case .succeeded: return restart.policy != .always
        case .failed: return restart.policy == .never || restart.maxAttempts.map { replica.restarts >= $0 } ?? false
        default: return false
        }
    }

    /// Whether its first start waits for a service that cannot be ready.
    private func isHeldBack(_ specification: ServiceSpecification) -> Bool {
        specification.dependencies.contains { name in
            guard let service = auditor.services[name], !service.isRemoving,
                let wanted = auditor.specification(of: service)?.replicas, wanted > 0
            else { return true }
            let ready = auditor.replicas.values.count {
                $0.service == name && $0.intent == .run && ($0.state == .ready || $0.state == .succeeded && isDone($0))
            }
            return ready < wanted
        }
    }

    /// Processes that nobody wants, and wanted ones that do not run.
    private func strays() -> String? {
        for node in nodes where !node.isGone && !node.isBase {
            let wanted = auditor.replicas.values.filter { $0.node == node.id && $0.state == .ready }.map(\.id).sorted()
            let running = node.processes.filter { $1.exit == nil }.keys.sorted()
            if wanted != running { return "\(node.id) runs \(running), wanted are \(wanted)" }
        }
        return nil
    }
}
