extension ServiceSpecification.ProgramType: JSONReadable {}
extension ServiceSpecification.Runtime: JSONReadable {}
extension ServiceSpecification.Kind: JSONReadable {}

extension ServiceSpecification: JSONReadable {
    /// Reads a service; in the strict manner everything that a configuration may not say is refused, and what is not
    /// acted on yet is warned of.
    public static func read(_ value: JSONValue, by reader: JSONReader) -> ServiceSpecification? {
        var service: ServiceSpecification?
        _ = reader.members(of: value) { fields in
            let name = fields.required("name", ServiceName.self)
            var result = ServiceSpecification(name: name ?? "")
            result.readProgram(&fields)
            result.readPolicies(&fields)
            if reader.isStrict { result.validate(by: reader) }
            if name != nil { service = result }
        }
        return service
    }

    private mutating func readProgram(_ fields: inout JSONFields) {
        fields.read("path", into: &path)
        fields.read("type", into: &type)
        runtime = type.runtime
        fields.read("runtime", into: &runtime)
        fields.read("entry", into: &entry)
        fields.read("command", into: &command)
        fields.read("replicas", into: &replicas, in: Limits.replicas)
        fields.read("ports", into: &ports)
        fields.read("env", into: &env)
        fields.read("resources", into: &resources)
        fields.read("schedule", into: &schedule)
        fields.read("kind", into: &kind)
    }

    private mutating func readPolicies(_ fields: inout JSONFields) {
        fields.read("hooks", into: &hooks)
        fields.read("plugins", into: &plugins)
        fields.read("autoscaling", into: &autoscaling)
        fields.read("serverless", into: &serverless)
        fields.read("labels", into: &labels)
        fields.read("dependencies", into: &dependencies)
        fields.read("restart", into: &restart)
        fields.read("stop", into: &stop)
        fields.read("health", into: &health)
        fields.read("update", into: &update)
        fields.read("placement", into: &placement)
        fields.read("disconnect", into: &disconnect)
        fields.read("job", into: &job)
    }
}

extension ServiceSpecification.ProgramType {
    /// What runs a program of this type where the configuration does not say.
    public var runtime: ServiceSpecification.Runtime {
        switch self {
        case .bun: .bun
        case .deno: .deno
        case .node, .nextjs, .vite, .worker: .node
        }
    }
}
