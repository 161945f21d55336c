public import OrionControlPlane
public import OrionCore
public import OrionScheduler
internal import Synchronization

/// An agent in the same process that does as it is told at once: what it launches is ready, what it stops has stopped.
///
/// It keeps its records over sessions, as an agent's ledger does, and remembers every process that it ever started.
public final class InProcessAgent: AgentConnection {
    private struct Contents {
        var session: SessionID?
        var records: [ReplicaID: ReplicaStatus] = [:]
        var started: [ReplicaID] = []
        var messages: [ControlMessage] = []
        var closures: [UInt16] = []
        var isPaused = false
        var pauses = 0
    }

    /// Who it says it is.
    public let nodeId: NodeID

    private let controlPlane: ControlPlane
    private let capacity: Capacity?
    private let speaksProtocol: Bool
    private let contents = Mutex(Contents())

    /// An agent that is not connected yet. Without `speaksProtocol` it knows the base fields alone.
    public init(
        _ nodeId: NodeID, of controlPlane: ControlPlane, capacity: Capacity? = nil, speaksProtocol: Bool = true,
        records: [ReplicaID: ReplicaStatus] = [:]
    ) {
        self.nodeId = nodeId
        self.controlPlane = controlPlane
        self.capacity = capacity
        self.speaksProtocol = speaksProtocol
        contents.withLock { $0.records = records }
    }

    /// Every replica that it holds a record of.
    public var records: [ReplicaID: ReplicaStatus] { contents.withLock { $0.records } }

    /// Every replica that it ever started a process for, in order.
    public var started: [ReplicaID] { contents.withLock { $0.started } }

    /// Everything that it was told, in order.
    public var messages: [ControlMessage] { contents.withLock { $0.messages } }

    /// The codes that its sessions were closed with.
    public var closures: [UInt16] { contents.withLock { $0.closures } }

    /// Whether it is not read from.
    public var isPaused: Bool { contents.withLock { $0.isPaused } }

    /// How often reading from it was paused.
    public var pauses: Int { contents.withLock { $0.pauses } }

    /// Opens a session and says hello.
    public func connect() {
        let session = controlPlane.connect(self)
        contents.withLock { $0.session = session }
        controlPlane.receive(.hello(hello, address: "in-process"), from: session)
    }

    /// Ends the session, as a cut connection does.
    public func disconnect() {
        let session = contents.withLock { contents in
            defer { contents.session = nil }
            return contents.session
        }
        if let session { controlPlane.receive(.closed(silentSince: controlPlane.now), from: session) }
    }

    /// Sends an event, if there is a session.
    public func say(_ event: SessionEvent) {
        if let session = contents.withLock({ $0.session }) { controlPlane.receive(event, from: session) }
    }

    /// Lets a replica get into a state, and reports it.
    public func report(_ id: ReplicaID, _ state: ReplicaPhase) {
        let status = contents.withLock { contents in
            contents.records[id]?.state = state
            return contents.records[id]
        }
        if let status { say(.status(status)) }
    }

    /// Does what the message says.
    public func send(_ message: ControlMessage) {
        contents.withLock { $0.messages.append(message) }
        switch message {
        case .launch(let launch): self.launch(launch)
        case .stop(let stop): self.stop(stop)
        case .update(let update): take(update)
        case .sync: say(.hello(hello, address: "in-process"))
        case .welcome, .logs, .unknown: break
        }
    }

    /// Ends the session, and remembers the code.
    public func close(code: UInt16, reason: String) {
        contents.withLock { $0.closures.append(code) }
        disconnect()
    }

    /// Says that it is there.
    public func probe() { say(.probed(isAlive: true)) }

    /// Remembers that it is not read from.
    public func pauseReading() {
        contents.withLock { contents in
            contents.isPaused = true
            contents.pauses += 1
        }
    }

    /// Remembers that it is read from.
    public func resumeReading() { contents.withLock { $0.isPaused = false } }

    private var hello: Hello {
        var hello = Hello(nodeId: nodeId, name: nodeId.rawValue, address: "127.0.0.1")
        guard speaksProtocol else { return hello }
        hello.protocol = 1
        hello.instanceId = "instance-\(nodeId)"
        hello.capacity = capacity
        hello.replicas = records.values.sorted { $0.replicaId < $1.replicaId }
        return hello
    }

    private func launch(_ launch: Launch) {
        let (status, isNew) = contents.withLock { contents in
            if let record = contents.records[launch.replicaId] { return (record, false) }
            var status = ReplicaStatus(
                service: launch.service.value.name, replicaId: launch.replicaId, state: .starting)
            status.generation = launch.generation
            status.restarts = 0
            contents.records[launch.replicaId] = status
            contents.started.append(launch.replicaId)
            return (status, true)
        }
        guard isNew else { return say(.status(status)) }
        for state in [ReplicaPhase.starting, .running, .ready] { report(launch.replicaId, state) }
    }

    private func stop(_ stop: Stop) {
        let status = contents.withLock { contents in
            guard var record = contents.records[stop.replicaId] else {
                return ReplicaStatus(service: stop.serviceName, replicaId: stop.replicaId, state: .stopped)
            }
            if record.state.isFinal {
                contents.records[stop.replicaId] = nil
                record.state = .stopped
                return record
            }
            record.state = .stopped
            contents.records[stop.replicaId] = record
            return record
        }
        say(.status(status))
    }

    private func take(_ update: Update) {
        let statuses = contents.withLock { contents in
            contents.records.values.filter { $0.service == update.serviceName }.map { record in
                var record = record
                record.generation = update.generation
                contents.records[record.replicaId] = record
                return record
            }
        }
        for status in statuses { say(.status(status)) }
    }
}
