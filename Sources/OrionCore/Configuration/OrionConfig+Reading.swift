extension OrionConfig: JSONReadable {
    /// Reads a document.
    public static func read(_ value: JSONValue, by reader: JSONReader) -> OrionConfig? {
        var config = OrionConfig()
        let isObject = reader.members(of: value) { fields in
            fields.literal("apiVersion", OrionConfig.apiVersion)
            fields.literal("kind", OrionConfig.kind)
            fields.read("metadata", into: &config.metadata)
            if let spec = fields.required("spec", Spec.self) { config.spec = spec }
        }
        return isObject ? config : nil
    }
}

extension OrionConfig.Metadata: JSONReadable {
    /// Reads whose document it is.
    public static func read(_ value: JSONValue, by reader: JSONReader) -> OrionConfig.Metadata? {
        var metadata = OrionConfig.Metadata()
        let isObject = reader.members(of: value) { fields in
            fields.with("name") { value in
                // Everything that may be an id may be a name here.
                if let name = NodeID.read(value, by: reader) { metadata.name = name.rawValue }
            }
            fields.read("environment", into: &metadata.environment)
            fields.read("description", into: &metadata.description)
        }
        return isObject ? metadata : nil
    }
}

extension OrionConfig.Spec: JSONReadable {
    /// Reads what is declared.
    public static func read(_ value: JSONValue, by reader: JSONReader) -> OrionConfig.Spec? {
        var spec = OrionConfig.Spec()
        let isObject = reader.members(of: value) { fields in
            fields.with("services") { value in
                guard reader.has(atMost: Limits.services, value),
                    let services = reader.elements(ServiceSpecification.self, of: value)
                else { return }
                if reader.isStrict { validate(services, by: reader) }
                spec.services = services.map(\.element)
            }
            fields.with("nodes") { value in
                guard reader.has(atMost: Limits.nodes, value),
                    let nodes = reader.elements(OrionConfig.ExpectedNode.self, of: value)
                else { return }
                if reader.isStrict { validate(nodes, by: reader) }
                spec.nodes = nodes.map(\.element)
            }
            fields.read("plugins", into: &spec.plugins)
            fields.with("dns") { value in
                guard case .object = value else { return reader.note("dns must be an object, not \(value.shown)") }
                spec.dns = value
            }
            if reader.isStrict {
                reader.later("plugins", spec.plugins, [])
                reader.later("dns", spec.dns, .object([:]))
            }
        }
        return isObject ? spec : nil
    }
}

extension OrionConfig.ExpectedNode: JSONReadable {
    /// Reads an expected machine.
    public static func read(_ value: JSONValue, by reader: JSONReader) -> OrionConfig.ExpectedNode? {
        var node: OrionConfig.ExpectedNode?
        _ = reader.members(of: value) { fields in
            // What may be an id may be a name.
            let name = fields.required("name", NodeID.self)?.rawValue
            var result = OrionConfig.ExpectedNode(name: name ?? "")
            fields.read("address", into: &result.address)
            fields.read("labels", into: &result.labels)
            fields.read("capacity", into: &result.capacity)
            if name != nil { node = result }
        }
        return node
    }
}
