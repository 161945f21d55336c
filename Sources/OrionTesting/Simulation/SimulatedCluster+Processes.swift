import OrionAgentKit
import OrionCore

/// Processes: they start behind a gate, run, and end by themselves or by a signal.
extension SimulatedCluster {
    func pickPorts(_ id: ReplicaID, _ service: ServiceSpecification, _ held: Set<Int>, _ node: Int) {
        var ports: [String: Int] = [:]
        var next = 30_000
        for port in service.ports {
            while held.contains(next) { next += 1 }
            ports[port.name] = port.port ?? next
            if port.port == nil { next += 1 }
        }
        perform(nodes[node].agent?.supervisor.portsPicked(id, ports) ?? [], node)
    }

    func spawn(_ record: LedgerRecord, _ node: Int) {
        if isTurmoil, nodes[node].diskBrokenUntil > now, random.chance(30) {
            let failure = StartFailure(.node, "no process can be made")
            return perform(nodes[node].agent?.supervisor.couldNotStart(record.id, nil, failure) ?? [], node)
        }
        nodes[node].lastPid += 1
        nodes[node].folders.insert(record.id)
        let identity = ProcessIdentity(
            pid: nodes[node].lastPid, startTicks: UInt64(nodes[node].clock.running(at: now) / 10_000_000),
            bootID: "boot-\(nodes[node].boots)")
        nodes[node].agent?.gated[record.id] = identity
        perform(nodes[node].agent?.supervisor.spawned(record.id, identity) ?? [], node)
    }

    /// The gate opens: from now on the process runs, whatever becomes of its agent.
    func release(_ id: ReplicaID, _ node: Int) {
        guard let identity = nodes[node].agent?.gated[id] else { return }
        let record = nodes[node].disk.ledger.durable.records[id]
        guard let record, record.process == identity else {
            return fail(.processes, "\(id) starts on \(nodes[node].id) without a record of its process on disk")
        }
        guardLease(of: id, node)
        queue.schedule(.released(node: node, life: nodes[node].life, id), at: now + shortWhile())
        let program = SimulatedProgram(record.specification.value)
        if program == .missing { return }
        let ports = record.ports.values.sorted()
        for (other, process) in nodes[node].processes where process.exit == nil && other != id {
            let shared = process.ports.filter(ports.contains)
            // What another agent of the node did not name counts as ended, and may yet turn out to run at this one.
            if let port = shared.first, auditor.replicas[other]?.state.isFinal == false {
                fail(.capacity, "\(id) starts on \(nodes[node].id) with port \(port), which \(other) has")
            }
        }
        nodes[node].processes[id] = SimulatedProcess(
            identity: identity, since: nodes[node].time(at: now).instant, program: program, ports: ports,
            isBound: !record.specification.value.disconnect.overlap, failsFrom: failsFrom(program))
        processStarts(id, node, restarts: record.restarts, isBound: !record.specification.value.disconnect.overlap)
        switch program {
        case .crash: planEnd(id, node, .exited(1), withinSeconds: 0.05...3)
        case .exit: planEnd(id, node, .exited(0), withinSeconds: 0.05...3)
        case .flaky: planEnd(id, node, .exited(1), withinSeconds: 2...40)
        case .good, .deaf, .missing, .sick, .ailing: break
        }
    }

    private func planEnd(_ id: ReplicaID, _ node: Int, _ status: ExitStatus, withinSeconds range: ClosedRange<Double>) {
        guard let pid = nodes[node].processes[id]?.identity.pid else { return }
        let seconds = Double.random(in: range, using: &random)
        queue.schedule(.processEnds(node: node, id, pid: pid, status), at: now + .seconds(seconds))
    }

    func released(_ node: Int, _ life: Int, _ id: ReplicaID) {
        guard nodes[node].life == life, let identity = nodes[node].agent?.gated.removeValue(forKey: id) else { return }
        countStep()
        let time = nodes[node].time(at: now)
        if nodes[node].processes[id]?.identity == identity {
            perform(nodes[node].agent?.supervisor.started(id, identity, time) ?? [], node)
        } else {
            let failure = StartFailure(.service, "no such program")
            perform(nodes[node].agent?.supervisor.couldNotStart(id, identity, failure) ?? [], node)
        }
        endIfDone(node)
    }

    private func failsFrom(_ program: SimulatedProgram) -> Int64 {
        switch program {
        case .sick: now
        case .ailing: now + .seconds(Double.random(in: 1...20, using: &random))
        case .good, .deaf, .missing, .crash, .exit, .flaky: .max
        }
    }

    // MARK: - Ending

    func watch(_ id: ReplicaID, _ node: Int) {
        nodes[node].processes[id]?.isWatched = true
        if nodes[node].processes[id]?.exit != nil { noticeExit(id, node) }
    }

    func signal(_ id: ReplicaID, _ signal: Signal, _ node: Int) {
        guard let process = nodes[node].processes[id], process.exit == nil else { return }
        trace.note(now, 51, Int64(node), text: "\(nodes[node].id) sends \(signal.name) to \(id)")
        if !auditor.mayEnd(id), process.failsFrom > now {
            fail(.processes, "\(id) is told to end on \(nodes[node].id), and nobody ordered it")
        }
        if signal == .kill { return planEnd(id, node, .signalled(.kill), withinSeconds: 0.0001...0.002) }
        if process.program != .deaf { planEnd(id, node, .exited(0), withinSeconds: 0.0001...0.6) }
    }

    func processEnds(_ node: Int, _ id: ReplicaID, _ pid: Int32, _ status: ExitStatus) {
        guard nodes[node].processes[id]?.identity.pid == pid, nodes[node].processes[id]?.exit == nil else { return }
        countStep()
        endProcess(id, node, status)
    }

    func endProcess(_ id: ReplicaID, _ node: Int, _ status: ExitStatus) {
        trace.note(now, 52, Int64(node), text: "\(id) has ended on \(nodes[node].id): \(status)")
        auditor.ended(id, on: node)
        guard nodes[node].agent != nil else {
            nodes[node].processes[id] = nil
            return
        }
        nodes[node].processes[id]?.exit = status
        if nodes[node].processes[id]?.isWatched == true { noticeExit(id, node) }
    }

    private func noticeExit(_ id: ReplicaID, _ node: Int) {
        guard let process = nodes[node].processes[id] else { return }
        queue.schedule(
            .exitNoticed(node: node, life: nodes[node].life, id, pid: process.identity.pid), at: now + shortWhile())
    }

    func exitNoticed(_ node: Int, _ life: Int, _ id: ReplicaID, _ pid: Int32) {
        guard nodes[node].life == life, nodes[node].agent != nil, let process = nodes[node].processes[id],
            process.identity.pid == pid, let status = process.exit
        else { return }
        countStep()
        let time = nodes[node].time(at: now)
        perform(nodes[node].agent?.supervisor.exited(id, process.identity, status, time) ?? [], node)
        endIfDone(node)
    }

    func groupEmptied(_ node: Int, _ life: Int, _ id: ReplicaID) {
        guard nodes[node].life == life, nodes[node].agent != nil else { return }
        countStep()
        nodes[node].processes[id] = nil
        perform(nodes[node].agent?.supervisor.groupEmptied(id) ?? [], node)
        endIfDone(node)
    }

    /// There are none: nothing runs without a record.
    func endStrays(_ node: Int) {
        for id in nodes[node].processes.keys.sorted() where nodes[node].agent?.supervisor.replicas[id] == nil {
            fail(.processes, "\(id) runs on \(nodes[node].id) without a record")
        }
        perform(nodes[node].agent?.supervisor.straysEnded([]) ?? [], node)
    }

    /// A replica's process ends by itself.
    func killProcess(_ node: Int) {
        if nodes[node].isBase { return killBaseProcess(node) }
        let running = nodes[node].processes.filter { $1.exit == nil }.keys.sorted()
        guard let id = running.randomElement(using: &random) else { return }
        countStep()
        endProcess(id, node, .exited(1))
    }
}
