public import OrionCore

/// What a step decided: to be committed, then sent and answered, in this order.
public struct Decision: Sendable {
    /// Records to write, all or none.
    public var changes: [StateChange] = []
    /// What to tell agents, in order for each session.
    public var commands: [Command] = []
    /// What to tell waiting callers.
    public var answers: [(request: RequestID, answer: Answer)] = []
    /// What happened, for people and the event log.
    public var facts: [Fact] = []
    /// When to step again though nothing happens; nil if nothing waits.
    public var nextDeadline: Instant?

    /// Nothing decided.
    public init() {}
}

/// Something to do with one agent's session.
public struct Command: Sendable {
    /// What to do.
    public enum Action: Sendable {
        /// Send a message.
        case send(ControlMessage)
        /// Close with a WebSocket close code and a reason.
        case close(code: UInt16, reason: String)
        /// Ping, and say whether it was answered within two seconds (`SessionEvent.probed`).
        case probe
    }

    /// Whose.
    public var session: SessionID
    /// What to do.
    public var action: Action

    /// A command.
    public init(session: SessionID, action: Action) {
        self.session = session
        self.action = action
    }
}

/// What a waiting caller is told.
public enum Answer: Sendable {
    /// A change of services was taken (or, for a dry run, would be).
    case applied(ApplyResult)
    /// A node was changed, and is now so.
    case node(NodeRecord)
    /// A node was forgotten.
    case forgotten(NodeID)
    /// It cannot be done.
    case refused(OrionError)
}

/// Something that happened, with what caused it.
public struct Fact: Hashable, Sendable {
    /// How much it matters to someone who watches.
    public enum Severity: Hashable, Sendable {
        /// Ordinary.
        case info
        /// Someone may have to act.
        case warning
    }

    /// How much it matters.
    public var severity: Severity
    /// What happened, and why, in a sentence.
    public var message: String
    /// The service concerned.
    public var service: ServiceName?
    /// The replica concerned.
    public var replica: ReplicaID?
    /// The node concerned.
    public var node: NodeID?

    /// A fact.
    public init(
        _ severity: Severity = .info, _ message: String, service: ServiceName? = nil, replica: ReplicaID? = nil,
        node: NodeID? = nil
    ) {
        self.severity = severity
        self.message = message
        self.service = service
        self.replica = replica
        self.node = node
    }
}
