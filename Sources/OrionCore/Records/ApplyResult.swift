/// What happened, or would happen, to one service.
public struct ServiceChange: Hashable, Sendable, Encodable {
    /// What.
    public enum Action: String, Hashable, Sendable, Encodable, CaseIterable {
        /// It is new.
        case created
        /// Its specification changed.
        case updated
        /// Nothing.
        case unchanged
        /// It is removed.
        case removed
        /// The document no longer names it; it is kept.
        case orphaned
    }

    /// Which service.
    public var service: ServiceName
    /// What happened.
    public var action: Action
    /// The generation that is wanted now.
    public var generation: Int
    /// The fields that differ (`env.PORT`).
    public var fields: [String]

    /// A change.
    public init(service: ServiceName, action: Action, generation: Int, fields: [String] = []) {
        self.service = service
        self.action = action
        self.generation = generation
        self.fields = fields
    }
}

/// The answer to an applied configuration.
public struct ApplyResult: Hashable, Sendable, Encodable {
    /// Whether it was stored.
    public enum Status: String, Hashable, Sendable, Encodable, CaseIterable {
        /// Stored, durably.
        case accepted
        /// A dry run: nothing was stored.
        case planned
    }

    /// Whether it was stored.
    public var status: Status
    /// The number of the last change of the configuration.
    public var revision: Int64
    /// What happened to each service, sorted by name.
    public var changes: [ServiceChange]
    /// What is kept but not acted on, and what someone should know.
    public var warnings: [ConfigurationIssue]

    /// An answer.
    public init(status: Status, revision: Int64, changes: [ServiceChange], warnings: [ConfigurationIssue]) {
        self.status = status
        self.revision = revision
        self.changes = changes
        self.warnings = warnings
    }
}
