package import OrionCore

/// What an agent has to know of a replica again after a crash.
package struct LedgerRecord: Equatable, Sendable {
    package let id: ReplicaID
    package let service: ServiceName
    package let fence: Fence?
    package var specification: SharedSpecification
    package var generation: Int?
    /// By name; kept for its life.
    package var ports: [String: Int]
    package var phase = ReplicaPhase.starting
    package var restarts = 0
    /// Exits in a row, by which the back-off grows.
    package var attempts = 0
    /// When its present or last process was started.
    package var startedAt: Timestamp?
    /// How its last process ended.
    package var exit: ExitStatus?
    /// For people: why it could not be started, why it failed.
    package var message: String?
    /// The process that it has, if it has one.
    package var process: ProcessIdentity?

    package init(
        id: ReplicaID, service: ServiceName, fence: Fence?, specification: SharedSpecification, generation: Int?,
        ports: [String: Int]
    ) {
        self.id = id
        self.service = service
        self.fence = fence
        self.specification = specification
        self.generation = generation
        self.ports = ports
    }

    /// Of a message that may name a long command or PATH; the whole of it stands in the agent's log.
    private static let messageBytes = 1024

    /// As the control plane is told.
    package var status: ReplicaStatus {
        var status = ReplicaStatus(service: service, replicaId: id, state: phase)
        status.generation = generation
        status.restarts = restarts
        status.startedAt = startedAt
        if !ports.isEmpty { status.ports = ports }
        status.exitCode = exit?.exitCode.map(Int.init)
        if case .signalled(let signal) = exit { status.signal = signal.name }
        status.message = message.map {
            $0.utf8.count > Self.messageBytes ? String($0.prefix(Self.messageBytes / 4)) + "…" : $0
        }
        return status
    }
}
