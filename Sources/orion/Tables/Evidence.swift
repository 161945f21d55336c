import OrionCore

/// What is shown of a failed rollout: a row for each replica that did not become available, and below it what it wrote last.
struct Evidence {
    var replicas: [ReplicaRecord]

    /// The lines, titles first.
    func lines(_ style: Style) -> [String] {
        let rows = table.lines(style)
        return rows.prefix(1)
            + zip(replicas, rows.dropFirst()).flatMap { replica, row in
                [row] + output(replica.lastLines, style)
            }
    }

    private var table: Table {
        var table = Table(columns: [
            Table.Column("REPLICA"), Table.Column("STATE"), Table.Column("NODE"),
            Table.Column("RESTARTS", isNumber: true), Table.Column("MESSAGE"),
        ])
        table.rows = replicas.map { replica in
            [
                replica.replicaId.map { Table.Cell($0.rawValue, .strong) } ?? Table.Cell("-", .faint),
                Table.Cell(replica.state.rawValue, replica.state.tone), Table.Cell(replica.node ?? "-"),
                Table.Cell(replica.restarts.map(String.init) ?? "-"), Table.Cell(replica.ending),
            ]
        }
        return table
    }

    private func output(_ lastLines: LastLines?, _ style: Style) -> [String] {
        guard let lastLines else { return [] }
        return [("stdout", lastLines.stdout), ("stderr", lastLines.stderr)].flatMap { name, lines in
            lines.map { "  " + style.paint(name + " |", .faint) + " " + $0.printable }
        }
    }
}

extension ServiceStatus.Rollout {
    /// Why it failed, replica by replica; nil where there is nothing to show.
    var failure: Evidence? { evidence.flatMap { $0.isEmpty ? nil : Evidence(replicas: $0) } }
}

extension ReplicaRecord {
    /// How its last process ended, and what its agent says of it.
    fileprivate var ending: String { [exitText, message].compactMap { $0 }.joined(separator: ": ") }
}
