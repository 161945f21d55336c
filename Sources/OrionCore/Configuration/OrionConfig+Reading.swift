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
            fields.read("name", into: &metadata.name)
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
            fields.read("services", into: &spec.services)
            fields.read("nodes", into: &spec.nodes)
            fields.read("plugins", into: &spec.plugins)
            fields.read("dns", into: &spec.dns)
        }
        return isObject ? spec : nil
    }
}

extension OrionConfig.ExpectedNode: JSONReadable {
    /// Reads an expected machine.
    public static func read(_ value: JSONValue, by reader: JSONReader) -> OrionConfig.ExpectedNode? {
        var node: OrionConfig.ExpectedNode?
        _ = reader.members(of: value) { fields in
            let name = fields.required("name", String.self)
            var result = OrionConfig.ExpectedNode(name: name ?? "")
            fields.read("address", into: &result.address)
            fields.read("labels", into: &result.labels)
            fields.read("capacity", into: &result.capacity)
            if name != nil { node = result }
        }
        return node
    }
}
