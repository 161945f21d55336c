/// A valid configuration, and what is worth knowing about it.
public struct ParsedConfiguration: Hashable, Sendable {
    /// The configuration; valid by itself.
    public var config: OrionConfig
    /// Fields that are kept but not acted on yet, and the like.
    public var warnings: [ConfigurationIssue]

    /// A configuration with its warnings.
    public init(config: OrionConfig, warnings: [ConfigurationIssue] = []) {
        self.config = config
        self.warnings = warnings
    }
}
