extension GenerationRecord.Status.State: JSONReadable {}

extension GenerationRecord: JSONReadable {
    /// Reads the object that `json()` writes.
    public static func read(_ value: JSONValue, by reader: JSONReader) -> GenerationRecord? {
        var record: GenerationRecord?
        let isObject = reader.members(of: value) { fields in
            let generation = fields.required("generation", Int.self)
            let state = fields.required("state", Status.State.self)
            let createdAt = fields.required("createdAt", Timestamp.self)
            let specification = fields.required("specification", ServiceSpecification.self)
            guard let generation, let state, let createdAt, let specification else { return }
            var status = Status(
                generation: generation, state: state, createdAt: createdAt, restartFrom: generation)
            fields.read("restartFrom", into: &status.restartFrom)
            fields.read("fields", into: &status.fields)
            fields.read("undoes", into: &status.undoes)
            fields.read("reason", into: &status.reason)
            fields.read("evidence", into: &status.evidence)
            record = GenerationRecord(status: status, specification: SharedSpecification(specification))
        }
        return isObject ? record : nil
    }
}
