import OrionCore

extension Table {
    /// One row a generation.
    init(history: [GenerationRecord.Status], now: Timestamp) {
        self.init(columns: [
            Column("GENERATION", isNumber: true), Column("STATE"), Column("AGE", isNumber: true, isVolatile: true),
            Column("CHANGED"), Column("MESSAGE"),
        ])
        rows = history.map { generation in
            let fields = generation.fields.joined(separator: ", ")
            let undoes = generation.undoes.map { "undoes \($0)" }
            return [
                Cell("\(generation.generation)", .strong), Cell(generation.state.rawValue, generation.state.tone),
                Cell(Age.text(since: generation.createdAt, now: now)), Cell(fields.isEmpty ? "-" : fields),
                Cell(generation.reason ?? undoes ?? ""),
            ]
        }
    }

    /// One row a replica that did not become available in a rollout.
    init(evidence: [ReplicaRecord]) {
        self.init(columns: [
            Column("REPLICA"), Column("STATE"), Column("NODE"), Column("RESTARTS", isNumber: true), Column("MESSAGE"),
        ])
        rows = evidence.map { replica in
            [
                replica.replicaId.map { Cell($0.rawValue, .strong) } ?? Cell("-", .faint),
                Cell(replica.state.rawValue, replica.state.tone), Cell(replica.node ?? "-"),
                Cell(replica.restarts.map(String.init) ?? "-"), Cell(replica.ending),
            ]
        }
    }
}

extension ReplicaRecord {
    /// How its last process ended, and what its agent says of it.
    fileprivate var ending: String { [exitText, message].compactMap { $0 }.joined(separator: ": ") }
}

extension GenerationRecord.Status.State {
    /// What the word means at a glance.
    fileprivate var tone: Style.Tone {
        switch self {
        case .complete: .good
        case .progressing: .attention
        case .rolledBack, .halted: .bad
        case .superseded: .faint
        }
    }
}
