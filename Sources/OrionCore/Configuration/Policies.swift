/// What happens when a replica's process exits. Back-off doubles without jitter.
public struct RestartPolicy: Hashable, Sendable, Encodable {
    /// Which exits are followed by a restart.
    public enum Policy: String, Hashable, Sendable, Encodable, CaseIterable {
        /// Every exit.
        case always
        /// Exits other than 0; exit 0 is final.
        case onFailure = "on-failure"
        /// None: an exit is final.
        case never
    }

    /// Which exits are followed by a restart.
    public var policy = Policy.always
    /// Seconds before the first restart.
    public var initialDelaySeconds = 0.1
    /// The longest delay, in seconds.
    public var maxDelaySeconds = 60.0
    /// Restarts after which the replica has failed; nil for no end.
    public var maxAttempts: Int?
    /// Seconds alive after which the back-off starts anew.
    public var resetAfterSeconds = 60.0

    /// The defaults.
    public init() {}
}

/// How a replica's process is ended.
public struct StopPolicy: Hashable, Sendable, Encodable {
    /// The name of the first signal.
    public var signal = "SIGTERM"
    /// Seconds until SIGKILL.
    public var gracePeriodSeconds = 10.0

    /// The defaults.
    public init() {}
}

/// How a changed specification is rolled out.
public struct UpdatePolicy: Hashable, Sendable, Encodable {
    /// Replicas above the wanted number while rolling.
    public var maxSurge = Amount.percent(25)
    /// Replicas below the wanted number while rolling.
    public var maxUnavailable = Amount.count(0)
    /// Seconds ready until a replica counts as available.
    public var minReadySeconds = 2.0
    /// Seconds without progress until the rollout has failed.
    public var deadlineSeconds = 120.0
    /// Whether a failed rollout is rolled back.
    public var autoRollback = true

    /// The defaults.
    public init() {}
}

/// What happens to replicas when their node vanishes.
public struct DisconnectPolicy: Hashable, Sendable, Encodable {
    /// Which one stays when the node returns.
    public enum Keep: String, Hashable, Sendable, Encodable, CaseIterable {
        /// The replacement, if it is ready.
        case replacement
        /// The original, if it is ready.
        case original
    }

    /// Seconds of silence until replaced; nil for the heartbeat timeout.
    public var replaceAfterSeconds: Double?
    /// Seconds without the control plane after which the agent stops them; nil for never.
    public var stopAfterSeconds: Double?
    /// Whether original and replacement may run at the same time.
    public var overlap = true
    /// Which one stays.
    public var keep = Keep.replacement

    /// The defaults.
    public init() {}
}

/// How a job runs.
public struct JobPolicy: Hashable, Sendable, Encodable {
    /// What a run does that falls due while another runs.
    public enum Concurrency: String, Hashable, Sendable, Encodable, CaseIterable {
        /// Both run.
        case allow
        /// It is left out.
        case forbid
        /// The old one is stopped.
        case replace
    }

    /// Attempts after the first.
    public var maxRetries = 3
    /// Seconds until a run is stopped; nil for never.
    public var timeoutSeconds: Double?
    /// What overlapping runs do.
    public var concurrency = Concurrency.forbid
    /// Runs kept.
    public var historyLimit = 10

    /// The defaults.
    public init() {}
}
