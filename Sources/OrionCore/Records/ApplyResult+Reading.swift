extension ApplyResult.Status: JSONReadable {}
extension ServiceChange.Action: JSONReadable {}

extension ApplyResult: JSONReadable {
    /// Reads the answer to an applied configuration.
    public static func read(_ value: JSONValue, by reader: JSONReader) -> ApplyResult? {
        var result: ApplyResult?
        let isObject = reader.members(of: value) { fields in
            let status = fields.required("status", Status.self)
            var revision: Int64 = 0
            fields.read("revision", into: &revision)
            var changes: [ServiceChange] = []
            fields.read("changes", into: &changes)
            var warnings: [ConfigurationIssue] = []
            fields.read("warnings", into: &warnings)
            guard let status else { return }
            result = ApplyResult(status: status, revision: revision, changes: changes, warnings: warnings)
        }
        return isObject ? result : nil
    }
}

extension ServiceChange: JSONReadable {
    /// Reads what happened to a service.
    public static func read(_ value: JSONValue, by reader: JSONReader) -> ServiceChange? {
        var change: ServiceChange?
        let isObject = reader.members(of: value) { fields in
            let service = fields.required("service", ServiceName.self)
            let action = fields.required("action", Action.self)
            var generation = 0
            fields.read("generation", into: &generation)
            var names: [String] = []
            fields.read("fields", into: &names)
            guard let service, let action else { return }
            change = ServiceChange(service: service, action: action, generation: generation, fields: names)
        }
        return isObject ? change : nil
    }
}
