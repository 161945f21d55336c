/// How an agent finds out whether a replica is ready.
public struct HealthCheck: Hashable, Sendable, Encodable {
    /// A GET that must be answered with 200 to 399; no redirect is followed.
    public struct HTTP: Hashable, Sendable, Encodable {
        /// The path.
        public var path = "/health"
        /// The name of one of the service's ports; nil for its first of TCP.
        public var port: String?

        /// The defaults.
        public init() {}
    }

    /// A connection that must be accepted.
    public struct TCP: Hashable, Sendable, Encodable {
        /// The name of one of the service's ports; nil for its first of TCP.
        public var port: String?

        /// The defaults.
        public init() {}
    }

    /// A command that must exit 0; run in the service's directory, with its replica's environment.
    public struct Exec: Hashable, Sendable, Encodable {
        /// What to run.
        public var command: Command

        /// A check that runs `command`.
        public init(command: Command) { self.command = command }
    }

    /// The HTTP check, if it is one.
    public var http: HTTP?
    /// The TCP check, if it is one.
    public var tcp: TCP?
    /// The command check, if it is one.
    public var exec: Exec?
    /// Seconds between two checks.
    public var intervalSeconds = 5.0
    /// Seconds until a check has failed.
    public var timeoutSeconds = 2.0
    /// Failures in a row that make a replica unhealthy.
    public var failureThreshold = 3
    /// Seconds after a start in which failures do not count; the first pass ends them.
    public var startPeriodSeconds = 10.0

    /// The defaults, with no check chosen.
    public init() {}
}
