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
            fields.read("warm", into: &placement.warm, in: Limits.replicas)
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
            guard let label, let comparison else {
                fields.skip("values", "weight")
                return
            }
            var result = Placement.Constraint(label: label, operator: comparison)
            fields.read("values", into: &result.values)
            fields.read("weight", into: &result.weight, in: -1000...1000)
            constraint = result
        }
        guard let constraint, reader.isStrict else { return constraint }
        switch constraint.operator {
        case .isIn, .isNotIn:
            if constraint.values.isEmpty {
                return reader.refuse("needs `values`: \(constraint.operator.rawValue) compares the label with them")
            }
        case .exists, .doesNotExist:
            if !constraint.values.isEmpty {
                return reader.refuse("must have no `values`: \(constraint.operator.rawValue) compares nothing")
            }
        }
        return constraint
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
