extension Placement.Constraint.Operator: JSONReadable {}

extension Placement: JSONReadable {
    /// Reads where replicas may run.
    public static func read(_ value: JSONValue, by reader: JSONReader) -> Placement? {
        var placement = Placement()
        let isObject = reader.members(of: value) { fields in
            fields.with("strategy") { value in
                guard let name = String.read(value, by: reader) else { return }
                if reader.isStrict, name.isEmpty { reader.note("strategy must name one, such as round-robin") }
                placement.strategy = name
            }
            fields.read("constraints", into: &placement.constraints)
            fields.read("affinity", into: &placement.affinity)
            fields.read("spread", into: &placement.spread)
            fields.read("priority", into: &placement.priority, in: -1_000_000...1_000_000)
            fields.read("warm", into: &placement.warm, in: ServiceSpecification.replicaCounts)
        }
        return isObject ? placement : nil
    }
}

extension Placement.Constraint: JSONReadable {
    /// Reads a condition; in the strict manner it has to have the values that its operator compares with.
    public static func read(_ value: JSONValue, by reader: JSONReader) -> Placement.Constraint? {
        var constraint: Placement.Constraint?
        _ = reader.members(of: value) { fields in
            let label = fields.required("label", String.self)
            let comparison = fields.required("operator", Operator.self)
            var values: [String] = []
            var weight: Double?
            let areValuesSound = reader.isSound { fields.read("values", into: &values) }
            fields.read("weight", into: &weight, in: -1000...1000)
            guard let comparison else { return }
            if reader.isStrict, areValuesSound { comparison.validate(values, by: reader) }
            guard let label else { return }
            constraint = Placement.Constraint(label: label, operator: comparison, values: values, weight: weight)
        }
        return constraint
    }
}

extension Placement.Constraint.Operator {
    /// Refuses values that are none to compare with.
    fileprivate func validate(_ values: [String], by reader: JSONReader) {
        switch self {
        case .isIn, .isNotIn:
            if values.isEmpty { reader.refuse("needs `values`: \(rawValue) compares the label with them", Never.self) }
        case .exists, .doesNotExist:
            if !values.isEmpty { reader.refuse("must have no `values`: \(rawValue) compares nothing", Never.self) }
        }
    }
}

extension Placement.Spread: JSONReadable {
    /// Reads a distribution.
    public static func read(_ value: JSONValue, by reader: JSONReader) -> Placement.Spread? {
        var spread: Placement.Spread?
        _ = reader.members(of: value) { fields in
            var result = Placement.Spread(label: fields.required("label", String.self) ?? "")
            fields.read("maxSkew", into: &result.maxSkew, in: 1...10_000)
            spread = result
        }
        return spread
    }
}
