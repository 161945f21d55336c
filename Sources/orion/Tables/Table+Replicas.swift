import OrionCore

extension Table {
    /// One row a replica, of the services in their order; a pending one has no id yet and says what it waits for.
    init(replicasOf services: [ServiceRecord], now: Timestamp, isWide: Bool) {
        var columns = [
            Column("REPLICA"), Column("SERVICE"), Column("STATE"), Column("NODE"), Column("ADDRESS"),
            Column("RESTARTS", isNumber: true), Column("AGE", isNumber: true, isVolatile: true),
        ]
        if isWide {
            columns += [
                Column("GENERATION", isNumber: true), Column("CPU", isNumber: true, isVolatile: true),
                Column("MEMORY", isNumber: true, isVolatile: true), Column("REPLACES"),
            ]
        }
        columns.append(Column("MESSAGE"))
        self.init(columns: columns)
        rows = services.flatMap { service in
            let name = service.specification.value.name
            return service.status.instances.map { Self.row($0, of: name, now: now, isWide: isWide) }
        }
    }

    private static func row(
        _ replica: ReplicaRecord, of service: ServiceName, now: Timestamp, isWide: Bool
    ) -> [Cell] {
        var row = [
            replica.replicaId.map { Cell($0.rawValue, .strong) } ?? Cell("-", .faint), Cell(service.rawValue),
            Cell(replica.state.rawValue, replica.state.tone), replica.node.map { Cell($0) } ?? Cell("-", .faint),
            replica.addresses.isEmpty ? Cell("-", .faint) : Cell(replica.addresses.joined(separator: ",")),
            Cell(replica.restarts.map(String.init) ?? "-"),
            Cell(replica.startedAt.map { Age.text(since: $0, now: now) } ?? "-"),
        ]
        if isWide {
            row += [
                Cell(replica.generation.map(String.init) ?? "-"), Cell(replica.metrics?.cpuText ?? "-"),
                Cell(replica.metrics?.memoryText ?? "-"), Cell(replica.replaces?.rawValue ?? "-"),
            ]
        }
        return row + [Cell(replica.explanation)]
    }
}

extension ReplicaRecord {
    /// Where it is reached: an address for each port.
    var addresses: [String] {
        guard let address, let ports else { return [] }
        let host = address.contains(":") ? "[\(address)]" : address
        return ports.sorted { $0.key < $1.key }.map { "\(host):\($0.value)" }
    }

    /// Its message, else how its last process ended where it is not well.
    var explanation: String {
        if let message { return message }
        guard state != .ready, state != .running, signal != nil || exitCode != 0 else { return "" }
        return exitText ?? ""
    }

    /// How its last process ended.
    var exitText: String? { signal.map { "ended by \($0)" } ?? exitCode.map { "exit status \($0)" } }
}

extension Usage {
    /// Percent of one core.
    var cpuText: String {
        let tenths = Int((min(max(cpu, 0), 1e6) * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)%"
    }

    /// In MiB.
    var memoryText: String { "\(Int(min(max(Double(memory), 0), 1e18) / 1_048_576))Mi" }
}
