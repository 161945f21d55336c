import OrionControlPlane
import OrionCore
import OrionScheduler

/// People: they apply, scale, restart and remove services, and take nodes out of service.
extension SimulatedCluster {
    func act() {
        guard isTurmoil else { return }
        queue.schedule(.act, at: now + random.pause(mean: scenario.changeSeconds) + 1)
        countStep()
        let name = workload.names.randomElement(using: &random) ?? "a"
        let node = nodes.randomElement(using: &random)?.id.rawValue ?? ""
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<45: apply()
        case 45..<57: scale(name, to: Int.random(in: 0...5, using: &random))
        case 57..<61: ask(.restart(name), [name: .restarted])
        case 61..<65: ask(.rollBack(name, to: nil), [name: .restarted])
        case 65..<71: ask(.remove(name), [name: .removed])
        case 71..<78: ask(.drain(node), [:])
        case 78..<82: ask(.cordon(node), [:])
        case 82..<96: ask(.uncordon(node), [:])
        default: ask(.forget(node), [:])
        }
    }

    private func scale(_ name: ServiceName, to replicas: Int) {
        workload.documents[name]?.replicas = replicas
        ask(.scale(name, replicas: replicas), [name: .replicas(replicas)])
    }

    private func apply() {
        for name in workload.names where random.chance(50) { workload.documents[name] = makeSpecification(name) }
        var config = OrionConfig()
        config.spec.services = workload.names.compactMap { workload.documents[$0] }.filter { _ in random.chance(85) }
        let prunes = random.chance(10)
        var changes: [ServiceName: Workload.Change] = [:]
        for service in config.spec.services { changes[service.name] = .specification(service) }
        if prunes { for name in workload.names where changes[name] == nil { changes[name] = .removed } }
        ask(.apply(Request.Apply(config: config, prunes: prunes)), changes)
    }

    /// A new document of a service, or a changed one.
    private func makeSpecification(_ name: ServiceName) -> ServiceSpecification {
        var specification = workload.documents[name] ?? ServiceSpecification(name: name)
        if random.chance(60) { specification.replicas = Int.random(in: 0...5, using: &random) }
        if random.chance(50) { specification.env["VERSION"] = "\(workload.lastNumber)" }
        if random.chance(40) { specification.env[SimulatedProgram.variable] = makeProgram() }
        if random.chance(30) { specification.health = random.chance(60) ? makeHealthCheck() : nil }
        if random.chance(30) { specification.labels["number"] = "\(workload.lastNumber)" }
        if random.chance(30) {
            specification.restart.policy =
                [.always, .always, .always, .onFailure, .never].randomElement(using: &random) ?? .always
            specification.restart.maxAttempts = random.chance(10) ? 3 : nil
            specification.update.maxUnavailable = .count(random.chance(30) ? 1 : 0)
            let surges: [Amount] = [.count(0), .count(1), .count(2), .percent(25), .percent(100)]
            specification.update.maxSurge = surges.randomElement(using: &random) ?? .percent(25)
            specification.update.deadlineSeconds = [5, 20, 120].randomElement(using: &random) ?? 120
            specification.update.autoRollback = random.chance(80)
            specification.update.minReadySeconds = [0, 0.5, 2].randomElement(using: &random) ?? 2
        }
        if random.chance(scenario.disconnectPolicies) { specification.disconnect = makeDisconnectPolicy() }
        specification.stop.gracePeriodSeconds = Double(Int.random(in: 1...3, using: &random))
        specification.restart.maxDelaySeconds = 3
        specification.restart.resetAfterSeconds = 10
        if name == "b" { specification.ports = [Port(name: "http", port: 80)] }
        if name == "c", random.chance(50) { specification.resources.cpu = [0.5, 1].randomElement(using: &random) }
        if name == "d" { specification.dependencies = workload.documents["a"] == nil ? [] : ["a"] }
        return specification
    }

    private func makeDisconnectPolicy() -> DisconnectPolicy {
        var policy = DisconnectPolicy()
        policy.replaceAfterSeconds = random.chance(30) ? Double(Int.random(in: 1...20, using: &random)) : nil
        policy.overlap = random.chance(scenario.overlaps)
        let isLeased = !policy.overlap || random.chance(40)
        policy.stopAfterSeconds = isLeased ? Double(Int.random(in: 1...12, using: &random)) : nil
        policy.keep = random.chance(50) ? .original : .replacement
        return policy
    }

    private func makeHealthCheck() -> HealthCheck {
        var check = HealthCheck()
        check.exec = HealthCheck.Exec(command: .arguments(["true"]))
        check.intervalSeconds = random.chance(50) ? 0.5 : 2
        check.failureThreshold = Int.random(in: 1...3, using: &random)
        check.startPeriodSeconds = Double(Int.random(in: 0...3, using: &random))
        return check
    }

    private func makeProgram() -> String? {
        let programs: [SimulatedProgram?] = [
            nil, nil, nil, nil, nil, .crash, .exit, .flaky, .deaf, .missing, .sick, .ailing,
        ]
        return (programs.randomElement(using: &random) ?? nil)?.rawValue
    }

    /// Asks the control plane for something.
    func ask(_ request: Request, _ changes: [ServiceName: Workload.Change]) {
        workload.lastNumber += 1
        trace.note(now, 9, Int64(workload.lastNumber), text: "someone asks: \(Self.text(request))")
        guard control.machine != nil, control.pausedUntil <= now,
            case .success(let id) = control.mailbox.submit(request)
        else { return }
        auditor.asked(changes, workload.lastNumber)
        workload.asked[id] = Workload.Asked(number: workload.lastNumber, changes: changes)
        mailCame()
    }

    /// Someone has their answer.
    func answered(_ id: RequestID, _ result: Result<Answer, OrionError>) {
        guard let asked = workload.asked.removeValue(forKey: id) else { return }
        switch result {
        case .success(.applied(let result)):
            report.counts.acknowledged += 1
            trace.note(now, 10, result.revision, text: "  acknowledged: revision \(result.revision)")
            if let problem = auditor.acknowledged(asked.changes, asked.number, result) { fail(.durability, problem) }
        case .success: report.counts.acknowledged += 1
        case .failure(let error): trace.remark(now, "  refused: \(error.message)")
        }
    }
}
