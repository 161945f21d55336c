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
            // Later ones with the same processes go on with that.
            let undoes =
                generation.restartFrom == generation.generation ? generation.undoes.map { "undoes \($0)" } : nil
            return [
                Cell("\(generation.generation)", .strong), Cell(generation.state.rawValue, generation.state.tone),
                Cell(Age.text(since: generation.createdAt, now: now)), Cell(fields.isEmpty ? "-" : fields),
                Cell(generation.reason ?? undoes ?? ""),
            ]
        }
    }
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
