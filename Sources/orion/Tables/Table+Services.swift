import OrionCore

extension Table {
    /// One row a service.
    init(services: [ServiceRecord], now: Timestamp, isWide: Bool) {
        var columns = [
            Column("SERVICE"), Column("STATUS"), Column("READY"), Column("RESTARTS", isNumber: true),
            Column("GENERATION", isNumber: true), Column("AGE", isNumber: true, isVolatile: true),
        ]
        if isWide { columns += [Column("CONFIG"), Column("RUNS"), Column("PORTS"), Column("ROLLOUT"), Column("ID")] }
        columns.append(Column("MESSAGE"))
        self.init(columns: columns)
        rows = services.map { Self.row($0, now: now, isWide: isWide) }
    }

    private static func row(_ service: ServiceRecord, now: Timestamp, isWide: Bool) -> [Cell] {
        let status = service.status
        let specification = service.specification.value
        var row = [
            Cell(specification.name.rawValue, .strong), Cell(status.status.rawValue, status.status.tone),
            Cell("\(status.observed.ready)/\(status.observed.desired)"),
            Cell("\(status.instances.reduce(0) { $0 + ($1.restarts ?? 0) })"), Cell("\(status.generation)"),
            Cell(Age.text(since: status.createdAt, now: now)),
        ]
        if isWide {
            let rollout = status.rollout
            row += [
                Cell(status.config), Cell(specification.commandText), Cell(specification.portsText),
                Cell("\(rollout.state.rawValue) \(rollout.updated)/\(status.observed.desired)"), Cell(status.id),
            ]
        }
        return row + [Cell(service.reason ?? "")]
    }
}

extension ServiceRecord {
    /// Why it is not as it was declared, in the words of its rollout or of the first replica that has any.
    var reason: String? {
        guard status.status != .running, status.status != .completed else { return undoing }
        let rollout = status.rollout
        if let reason = rollout.reason, rollout.state != .complete, rollout.state != .rolledBack { return reason }
        return status.instances.first { $0.state == .pending && $0.message != nil }?.message
            ?? status.instances.first { $0.state != .ready && $0.message != nil }?.message ?? undoing ?? endings
    }

    /// What came before the generation that runs: it stays said until the next change.
    private var undoing: String? {
        guard status.rollout.state == .rolledBack, let reason = status.rollout.reason else { return nil }
        return "generation \(status.rollout.generation) was rolled back: \(reason)"
    }

    private var endings: String? {
        let failed = status.instances.count { $0.state == .failed }
        let counts = [(status.succeeded, "succeeded"), (failed, "failed")].filter { $0.0 > 0 }.map { "\($0) \($1)" }
        guard !counts.isEmpty else { return nil }
        let policy = specification.value.restart.policy.rawValue
        return "\(counts.joined(separator: ", ")), not started again (restart.policy: \(policy))"
    }
}

extension ServiceStatus {
    /// How many replicas have done their work.
    var succeeded: Int { instances.count { $0.state == .succeeded } }
}

extension ServiceSpecification {
    /// What is started, in short.
    fileprivate var commandText: String { command?.text ?? "\(type.rawValue) \(entry)" }

    /// `http:4000`, `http` for one that each replica picks.
    fileprivate var portsText: String {
        ports.map { port in port.port.map { "\(port.name):\($0)" } ?? port.name }.joined(separator: ",")
    }
}
