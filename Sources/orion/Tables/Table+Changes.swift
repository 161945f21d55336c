import OrionCore

extension Table {
    /// One row a service that a document names or named.
    init(changes: [ServiceChange]) {
        self.init(columns: [
            Column("SERVICE"), Column("ACTION"), Column("GENERATION", isNumber: true), Column("CHANGED"),
        ])
        rows = changes.map { change in
            [
                Cell(change.service.rawValue, .strong), Cell(change.action.rawValue, change.action.tone),
                Cell("\(change.generation)"), Cell(Self.fieldsText(change.fields)),
            ]
        }
    }

    /// The first fields, and how many more.
    private static func fieldsText(_ fields: [String]) -> String {
        let shown = fields.prefix(5).joined(separator: ", ")
        return fields.count > 5 ? "\(shown) and \(fields.count - 5) more" : shown
    }
}
