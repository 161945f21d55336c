import OrionCore

/// The fields by which two specifications differ.
enum SpecificationDifference {
    /// Their names, sorted; members of objects as `env.PORT`, arrays as a whole.
    static func fields(from old: ServiceSpecification, to new: ServiceSpecification) -> [String] {
        guard let old = try? OrionJSON.parse(OrionJSON.encode(old)),
            let new = try? OrionJSON.parse(OrionJSON.encode(new))
        else { return [] }
        var fields: [String] = []
        collect(old, new, "", &fields)
        return fields.sorted()
    }

    private static func collect(_ old: JSONValue, _ new: JSONValue, _ path: String, _ fields: inout [String]) {
        guard old != new else { return }
        guard case .object(let before) = old, case .object(let after) = new else { return fields.append(path) }
        for key in Set(before.keys).union(after.keys) {
            let inner = path.isEmpty ? key : "\(path).\(key)"
            switch (before[key], after[key]) {
            case (let old?, let new?): collect(old, new, inner, &fields)
            default: fields.append(inner)
            }
        }
    }
}
