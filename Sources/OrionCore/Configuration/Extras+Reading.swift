extension PluginReference: JSONReadable {
    /// Takes a name, or `{name, config}`.
    public static func read(_ value: JSONValue, by reader: JSONReader) -> PluginReference? {
        if case .string(let name) = value {
            if reader.isStrict, name.isEmpty { return reader.refuse("must name a plugin") }
            return PluginReference(name: name)
        }
        guard case .object = value else {
            return reader.refuse("must be a plugin's name or {name, config}, not \(value.shown)")
        }
        var plugin: PluginReference?
        _ = reader.members(of: value) { fields in
            let name = fields.required("name", String.self)
            var config: JSONValue?
            fields.read("config", into: &config)
            if let name { plugin = PluginReference(name: name, config: config) }
        }
        return plugin
    }
}

extension Hooks: JSONReadable {
    /// Reads the hooks.
    public static func read(_ value: JSONValue, by reader: JSONReader) -> Hooks? {
        var hooks = Hooks()
        let isObject = reader.members(of: value) { fields in
            fields.with("beforeStart") { hooks.beforeStart = action($0, by: reader) }
            fields.with("afterDeploy") { hooks.afterDeploy = action($0, by: reader) }
            fields.with("onFailure") { hooks.onFailure = action($0, by: reader) }
        }
        return isObject ? hooks : nil
    }

    private static func action(_ value: JSONValue, by reader: JSONReader) -> String? {
        guard let text = String.read(value, by: reader) else { return nil }
        let parts = text.split(separator: ":", maxSplits: 1)
        guard !reader.isStrict || parts.count == 2 else {
            return reader.refuse("must be plugin:action, not \(JSONValue.shown(text))")
        }
        return text
    }
}

extension Autoscaling: JSONReadable {
    /// Reads the limits and thresholds.
    public static func read(_ value: JSONValue, by reader: JSONReader) -> Autoscaling? {
        let counts = ServiceSpecification.replicaCounts
        var scaling = Autoscaling()
        let isObject = reader.members(of: value) { fields in
            fields.read("enabled", into: &scaling.enabled)
            fields.read("minReplicas", into: &scaling.minReplicas, in: counts)
            fields.read("maxReplicas", into: &scaling.maxReplicas, in: 1...counts.upperBound)
            fields.read("scaleUpThreshold", into: &scaling.scaleUpThreshold, in: 0...1)
            fields.read("scaleDownThreshold", into: &scaling.scaleDownThreshold, in: 0...1)
            fields.read("scaleDownDelaySeconds", into: &scaling.scaleDownDelaySeconds, in: Limits.anySeconds)
        }
        guard isObject else { return nil }
        if reader.isStrict {
            if scaling.minReplicas > scaling.maxReplicas {
                reader.note(
                    "minReplicas (\(scaling.minReplicas)) must not be larger than maxReplicas (\(scaling.maxReplicas))")
            }
            if scaling.scaleDownThreshold >= scaling.scaleUpThreshold {
                reader.note("scaleDownThreshold must be smaller than scaleUpThreshold")
            }
        }
        return scaling
    }
}

extension Serverless: JSONReadable {
    /// Reads what is kept.
    public static func read(_ value: JSONValue, by reader: JSONReader) -> Serverless? {
        var serverless = Serverless()
        let isObject = reader.members(of: value) { fields in
            fields.read("enabled", into: &serverless.enabled)
            fields.with("trigger") { value in
                guard let trigger = String.read(value, by: reader) else { return }
                if reader.isStrict, !["http", "queue"].contains(trigger) {
                    reader.note("trigger must be http or queue, not \(JSONValue.shown(trigger))")
                }
                serverless.trigger = trigger
            }
            fields.read("queue", into: &serverless.queue)
        }
        return isObject ? serverless : nil
    }
}
