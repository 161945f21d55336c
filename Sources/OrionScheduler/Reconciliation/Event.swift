public import OrionCore

/// Numbers a waiting caller; the engine makes it and turns the answer with that number over to the caller.
public struct RequestID: Hashable, Sendable {
    /// The number.
    public let rawValue: UInt64
    /// Wraps a number.
    public init(rawValue: UInt64) { self.rawValue = rawValue }
}

/// Numbers a connection of an agent; a later one has a higher number.
public struct SessionID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The number.
    public let rawValue: UInt64
    /// Wraps a number.
    public init(rawValue: UInt64) { self.rawValue = rawValue }
    /// The number as text.
    public var description: String { String(rawValue) }
    /// The order in which they were opened.
    public static func < (left: SessionID, right: SessionID) -> Bool { left.rawValue < right.rawValue }
}

/// What happened: everything that a step takes in. Deadlines need no event: each step looks for those that have passed.
public enum Event: Sendable {
    /// Someone asks for a change.
    case request(RequestID, Request)
    /// An agent said something, or its session ended.
    case session(SessionID, SessionEvent)
}

/// A change that someone asks for.
public enum Request: Sendable {
    /// A configuration is to be the desired state.
    indirect case apply(Apply)
    /// A service is to go.
    case remove(ServiceName)
    /// A service is to have so many replicas.
    case scale(ServiceName, replicas: Int)
    /// A service's processes are to be replaced, as in a rollout.
    case restart(ServiceName)
    /// An earlier generation's specification is to be wanted again: that one's, or (nil) that of the previous processes.
    case rollBack(ServiceName, to: Int?)
    /// A node (by id or name) is to get no new replicas.
    case cordon(String)
    /// That, and its replicas are to be moved away.
    case drain(String)
    /// A node is to be used again.
    case uncordon(String)
    /// A node that is not connected is to be forgotten.
    case forget(String)

    /// A validated configuration and how to take it.
    public struct Apply: Sendable {
        /// The configuration; valid by itself.
        public var config: OrionConfig
        /// What its reader found worth saying.
        public var warnings: [ConfigurationIssue]
        /// Whether to say only what would happen.
        public var isDryRun: Bool
        /// Whether to remove services of the same `metadata.name` that it no longer names.
        public var prunes: Bool
        /// Whether to take over services of another `metadata.name`.
        public var takesOver: Bool

        /// An apply.
        public init(
            config: OrionConfig, warnings: [ConfigurationIssue] = [], isDryRun: Bool = false, prunes: Bool = false,
            takesOver: Bool = false
        ) {
            self.config = config
            self.warnings = warnings
            self.isDryRun = isDryRun
            self.prunes = prunes
            self.takesOver = takesOver
        }
    }
}

/// What a session brings. What is large lies elsewhere (`indirect`), so that heartbeats are small to hand on.
public enum SessionEvent: Sendable {
    /// The first hello, or the answer to `sync`.
    indirect case hello(Hello, address: String)
    /// A sign of life with metrics, and when it was received, by the wall clock.
    case heartbeat(Heartbeat, receivedAt: Timestamp)
    /// A replica's state.
    indirect case status(ReplicaStatus)
    /// The agent is about to stop its replicas.
    case leaving
    /// The agent has stopped its replicas.
    case goodbye
    /// The session has ended; nothing was heard from the agent since then (protocol.md §4 Life: its first unanswered
    /// ping, or its last frame where that is older).
    case closed(silentSince: Instant)
    /// The answer to a `probe`: whether the older session's agent is still there.
    case probed(isAlive: Bool)
    /// The launch of this replica, decided in the step before, was not sent: the connection had ended. To be taken in with
    /// the very next step, which takes what it does not hear of for sent.
    case undelivered(ReplicaID)
}
