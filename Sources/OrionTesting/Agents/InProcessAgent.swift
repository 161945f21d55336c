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
        var model: AgentModel
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
    private let contents: Mutex<Contents>

    /// An agent that is not connected yet. Without `speaksProtocol` it knows the base fields alone.
    public init(
        _ nodeId: NodeID, of controlPlane: ControlPlane, capacity: Capacity? = nil, speaksProtocol: Bool = true,
        records: [ReplicaID: ReplicaStatus] = [:]
    ) {
        self.nodeId = nodeId
        self.controlPlane = controlPlane
        self.capacity = capacity
        self.speaksProtocol = speaksProtocol
        contents = Mutex(Contents(model: AgentModel(records: records)))
    }

    /// Every replica that it holds a record of.
    public var records: [ReplicaID: ReplicaStatus] { contents.withLock { $0.model.records } }

    /// Every replica that it ever started a process for, in order.
    public var started: [ReplicaID] { contents.withLock { $0.model.started } }

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
        let status = contents.withLock { $0.model.change(id, to: state) }
        if let status { say(.status(status)) }
    }

    /// Does what the message says; false where the session has ended.
    public func send(_ message: ControlMessage) -> Bool {
        let statuses = contents.withLock { contents -> [ReplicaStatus]? in
            guard contents.session != nil else { return nil }
            contents.messages.append(message)
            return contents.model.obey(message)
        }
        guard let statuses else { return false }
        if case .sync = message { say(.hello(hello, address: "in-process")) }
        for status in statuses { say(.status(status)) }
        return true
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
        contents.withLock { $0.model.hello(nodeId, capacity: capacity, speaksProtocol: speaksProtocol) }
    }
}
