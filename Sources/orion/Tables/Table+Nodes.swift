import OrionCore

extension Table {
    /// One row a node.
    init(nodes: [NodeRecord], now: Timestamp, isWide: Bool) {
        var columns = [
            Column("NODE"), Column("STATUS"), Column("REPLICAS", isNumber: true), Column("ADDRESS"),
            Column("CPU"), Column("MEMORY"), Column("HEARTBEAT", isNumber: true, isVolatile: true),
        ]
        if isWide {
            columns += [
                Column("USED", isVolatile: true), Column("AGENT"), Column("ID"), Column("LABELS"),
            ]
        }
        self.init(columns: columns)
        rows = nodes.map { Self.row($0, now: now, isWide: isWide) }
    }

    private static func row(_ node: NodeRecord, now: Timestamp, isWide: Bool) -> [Cell] {
        var row = [
            Cell(node.name, .strong), Cell(node.statusText, node.schedulable ? node.status.tone : .attention),
            Cell("\(node.replicas)"), Cell(node.address.isEmpty ? "-" : node.address),
            Cell(share(node.allocated.cpu, of: node.capacity.cpu, unit: "")),
            Cell(share(node.allocated.memory, of: node.capacity.memory, unit: "Mi")),
            Cell(node.lastHeartbeat.map { Age.text(since: $0, now: now) } ?? "-"),
        ]
        if isWide {
            row += [
                Cell(node.metrics.map { "\($0.cpuText) \($0.memoryText)" } ?? "-"), Cell(node.agentVersion ?? "-"),
                Cell(node.id.rawValue),
                Cell(node.labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")),
            ]
        }
        return row
    }

    /// What is reserved of what there is: `0.5/2`; `-` where neither is known.
    private static func share(_ reserved: Double?, of capacity: Double?, unit: String) -> String {
        guard reserved != nil || capacity != nil else { return "-" }
        return "\((reserved ?? 0).short)/\(capacity.map(\.short) ?? "?")\(unit)"
    }
}

extension NodeRecord {
    /// Its status, and whether it takes replicas.
    fileprivate var statusText: String {
        if draining { return status.rawValue + ",draining" }
        return schedulable ? status.rawValue : status.rawValue + ",cordoned"
    }
}
