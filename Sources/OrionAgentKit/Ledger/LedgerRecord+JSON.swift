import OrionCore

extension LedgerRecord {
    /// A record as a line of the ledger has it: all but the specification, which stands in a line of its own.
    struct Line: Encodable {
        var id: ReplicaID
        var service: ServiceName
        var specification: Int
        var phase: ReplicaPhase
        var ports: [String: Int]
        var restarts: Int
        var attempts: Int
        var fence: Fence?
        var generation: Int?
        var startedAt: Timestamp?
        var exitCode: Int?
        var signal: Int?
        var isExitUnknown: Bool?
        var message: String?
        var pid: Int?
        var startTicks: Int?
        var bootID: String?
    }

    /// The record with the number of its specification's line.
    func line(specification: Int) -> Line {
        Line(
            id: id, service: service, specification: specification, phase: phase, ports: ports, restarts: restarts,
            attempts: attempts, fence: fence, generation: generation, startedAt: startedAt,
            exitCode: exit?.exitCode.map(Int.init), signal: exit?.signalNumber.map(Int.init),
            isExitUnknown: exit == .unknown ? true : nil, message: message, pid: process.map { Int($0.pid) },
            startTicks: process.map { Int(truncatingIfNeeded: $0.startTicks) }, bootID: process?.bootID)
    }

    /// The record of a line.
    init(_ line: Line, specification: SharedSpecification) {
        self.init(
            id: line.id, service: line.service, fence: line.fence, specification: specification,
            generation: line.generation, ports: line.ports)
        phase = line.phase
        restarts = line.restarts
        attempts = line.attempts
        startedAt = line.startedAt
        message = line.message
        if let code = line.exitCode {
            exit = .exited(Int32(truncatingIfNeeded: code))
        } else if let signal = line.signal {
            exit = .signalled(Signal(rawValue: Int32(truncatingIfNeeded: signal)))
        } else if line.isExitUnknown == true {
            exit = .unknown
        }
        if let pid = line.pid, let ticks = line.startTicks, let bootID = line.bootID {
            process = ProcessIdentity(
                pid: Int32(truncatingIfNeeded: pid), startTicks: UInt64(truncatingIfNeeded: ticks), bootID: bootID)
        }
    }
}

extension LedgerRecord.Line: JSONReadable {
    static func read(_ value: JSONValue, by reader: JSONReader) -> Self? {
        var line: Self?
        let isObject = reader.members(of: value) { fields in
            guard let id = fields.required("id", ReplicaID.self),
                let service = fields.required("service", ServiceName.self),
                let specification = fields.required("specification", Int.self),
                let phase = fields.required("phase", ReplicaPhase.self)
            else { return }
            var result = Self(
                id: id, service: service, specification: specification, phase: phase, ports: [:], restarts: 0,
                attempts: 0)
            fields.read("ports", into: &result.ports)
            fields.read("restarts", into: &result.restarts)
            fields.read("attempts", into: &result.attempts)
            fields.read("fence", into: &result.fence)
            fields.read("generation", into: &result.generation)
            fields.read("startedAt", into: &result.startedAt)
            fields.read("exitCode", into: &result.exitCode)
            fields.read("signal", into: &result.signal)
            fields.read("isExitUnknown", into: &result.isExitUnknown)
            fields.read("message", into: &result.message)
            fields.read("pid", into: &result.pid)
            fields.read("startTicks", into: &result.startTicks)
            fields.read("bootID", into: &result.bootID)
            line = result
        }
        return isObject ? line : nil
    }
}
