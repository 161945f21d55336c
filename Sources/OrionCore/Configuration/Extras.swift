/// A plugin's name, with its configuration where it has one.
public struct PluginReference: Hashable, Sendable {
    /// The plugin's name.
    public var name: String
    /// Its configuration, kept as it was written; nil where the document gave only the name.
    public var config: JSONValue?

    /// A reference.
    public init(name: String, config: JSONValue? = nil) {
        self.name = name
        self.config = config
    }
}

extension PluginReference: Encodable {
    private enum CodingKeys: CodingKey { case name, config }

    /// Writes the name alone, or the object, as the document had it.
    public func encode(to encoder: any Encoder) throws {
        guard let config else {
            var container = encoder.singleValueContainer()
            return try container.encode(name)
        }
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try container.encode(config, forKey: .config)
    }
}

/// Plugin actions (`plugin:action`) around a service's life.
public struct Hooks: Hashable, Sendable, Encodable {
    /// Before a replica is started.
    public var beforeStart: String?
    /// After a generation is complete.
    public var afterDeploy: String?
    /// After a replica or a rollout failed.
    public var onFailure: String?

    /// None.
    public init() {}
}

/// Scaling by load.
public struct Autoscaling: Hashable, Sendable, Encodable {
    /// Whether it is on.
    public var enabled = false
    /// Never fewer.
    public var minReplicas = 1
    /// Never more.
    public var maxReplicas = 5
    /// The share of use above which one is added.
    public var scaleUpThreshold = 0.75
    /// The share of use below which one is removed.
    public var scaleDownThreshold = 0.25
    /// Seconds of low use before one is removed.
    public var scaleDownDelaySeconds = 60.0

    /// The defaults: off.
    public init() {}
}

/// Accepted and kept, not acted on.
public struct Serverless: Hashable, Sendable, Encodable {
    /// Whether it is on.
    public var enabled = false
    /// What starts it.
    public var trigger = "http"
    /// The queue that starts it.
    public var queue: String?

    /// The defaults: off.
    public init() {}
}
