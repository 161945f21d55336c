extension ServiceSpecification.ProgramType: JSONReadable {}
extension ServiceSpecification.Runtime: JSONReadable {}
extension ServiceSpecification.Kind: JSONReadable {}

extension ServiceSpecification: JSONReadable {
    /// Reads a service; in the strict manner everything that a configuration may not say is refused, and what is not
    /// acted on yet is warned of.
    public static func read(_ value: JSONValue, by reader: JSONReader) -> ServiceSpecification? {
        var service: ServiceSpecification?
        _ = reader.members(of: value) { fields in
            let name = fields.required("name", ServiceName.self, hint: ": every service needs one, such as web")
            var result = ServiceSpecification(name: name ?? "")
            result.readProgram(&fields, by: reader)
            result.readNetwork(&fields, by: reader)
            result.readPolicies(&fields)
            if name != nil { service = result }
            if reader.isStrict {
                result.refuseLargeSpecification(value, by: reader)
                result.warn(by: reader)
            }
        }
        return service
    }

    private mutating func readProgram(_ fields: inout JSONFields, by reader: JSONReader) {
        let isPathSound = reader.isSound { fields.read("path", into: &path) }
        let isEntrySound = reader.isSound { fields.read("entry", into: &entry) }
        if reader.isStrict {
            let pathFault = isPathSound ? validatePath(by: reader) : nil
            // Where the path is not known, the entry is judged as if it were the workspace itself.
            if isEntrySound { validateEntry(below: isPathSound && pathFault == nil ? path : ".", by: reader) }
        }
        fields.read("type", into: &type)
        runtime = type.runtime
        fields.read("runtime", into: &runtime)
        let isCommandSound = reader.isSound { fields.read("command", into: &command) }
        if reader.isStrict, isCommandSound, runtime == .exec, command == nil {
            reader.within(.key("runtime")) { reader.note("runtime: exec needs a command: the program to run") }
        }
        fields.read("replicas", into: &replicas, in: ServiceSpecification.replicaCounts)
        fields.read("resources", into: &resources)
        fields.with("kind") { value in
            if let kind = Kind.read(value, by: reader) { self.kind = kind }
            if reader.isStrict, kind == .job {
                reader.note("kind: job is not built yet: leave it out for a service that is kept running")
            }
        }
        fields.with("schedule") { value in
            schedule = String.read(value, by: reader)
            if reader.isStrict, let schedule { Self.validate(schedule: schedule, by: reader) }
        }
    }

    private mutating func readNetwork(_ fields: inout JSONFields, by reader: JSONReader) {
        // The names as they are written, so that a check can be judged whatever is wrong with the ports.
        var names: [String]? = []
        fields.with("ports") { value in
            if let ports = Port.readList(value, by: reader) { self.ports = ports }
            names = Port.names(in: value)
        }
        fields.with("env") { if let env = Environment.read($0, ports: ports, by: reader) { self.env = env } }
        fields.with("health") { value in
            health = HealthCheck.read(value, by: reader)
            if reader.isStrict { HealthCheck.validate(value, names: names, ports: ports, by: reader) }
        }
        fields.with("dependencies") { value in
            guard let names = reader.elements(ServiceName.self, of: value) else { return }
            if reader.isStrict { validate(dependencies: names, by: reader) }
            dependencies = names.map(\.element)
        }
    }

    private mutating func readPolicies(_ fields: inout JSONFields) {
        fields.read("hooks", into: &hooks)
        fields.read("plugins", into: &plugins)
        fields.read("autoscaling", into: &autoscaling)
        fields.read("serverless", into: &serverless)
        fields.read("labels", into: &labels)
        fields.read("restart", into: &restart)
        fields.read("stop", into: &stop)
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
