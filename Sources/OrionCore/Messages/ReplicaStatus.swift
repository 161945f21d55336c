/// What an agent says of one replica: in `status`, and for each it holds in `hello`.
public struct ReplicaStatus: Hashable, Sendable, Encodable {
    /// The service's name.
    public var service: ServiceName
    /// Which replica.
    public var replicaId: ReplicaID
    /// Where it is in its life.
    public var state: ReplicaPhase
    /// The generation of its specification; nil from an agent with base fields alone.
    public var generation: Int?
    /// How many times its process was restarted; never falls.
    public var restarts: Int?
    /// When its present process was started.
    public var startedAt: Timestamp?
    /// The ports it listens on, by name.
    public var ports: [String: Int]?
    /// How its last process ended, if it exited.
    public var exitCode: Int?
    /// The name of the signal that ended its last process (`SIGKILL`).
    public var signal: String?
    /// For people: why it could not be started, why it failed.
    public var message: String?
    /// What it wrote last, where something is wrong with it (`isTrouble`).
    public var lastLines: LastLines?

    /// A status with the base fields.
    public init(service: ServiceName, replicaId: ReplicaID, state: ReplicaPhase) {
        self.service = service
        self.replicaId = replicaId
        self.state = state
    }

    /// Whether it says that something is wrong with the replica's process: it has ended by itself, or fails its checks.
    package var isTrouble: Bool {
        switch state {
        case .backoff, .failed, .succeeded, .unhealthy: true
        // What its checks say until one has passed.
        case .running: message != nil
        case .pending, .starting, .ready, .stopping, .stopped, .lost: false
        }
    }
}
