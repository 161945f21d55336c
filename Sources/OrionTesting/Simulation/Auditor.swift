import OrionCore
import OrionScheduler

/// Keeps its own books of what was stored, told, started and acknowledged, and finds what must not be (protocol.md §5).
///
/// It knows nothing of the reconciler's insides: what it judges by is what is durable, what was sent, and what ran.
struct Auditor {
    typealias Finding = (check: SimulationCheck, message: String)

    /// A machine, and the node that it stands for: two may claim to be the same.
    struct Place: Equatable {
        let machine: Int
        let node: NodeID
    }

    /// A replica that was stored, with how many of its service could be told to run when it was.
    struct Placement {
        let node: NodeID
        let service: ServiceName
        let fence: Fence
        let room: Int
    }

    /// What a process did.
    struct Life {
        let node: NodeID
        let machine: Int
        var starts = 0
        var restarts = 0
        var isRunning = false
        var isFinal = false
        /// Whether it was started as one that must not run twice.
        var isBound = false
    }

    /// What was acknowledged last of a service.
    struct Acknowledgement {
        let number: Int
        let change: Workload.Change
        let generation: Int
    }

    /// Of silence, until a node is lost.
    let timeoutSeconds: Double
    var cluster = StoredCluster(clusterId: "")
    var services: [ServiceName: StoredService] = [:]
    var generations: [ServiceName: [Int: StoredGeneration]] = [:]
    var specifications: [[UInt8]: ServiceSpecification] = [:]
    var nodes: [NodeID: StoredNode] = [:]
    var replicas: [ReplicaID: StoredReplica] = [:]
    /// Every replica that was ever stored.
    var placed: [ReplicaID: Placement] = [:]
    var highestFence: UInt64 = 0
    /// Every replica that was ever started, at the agent that started it last.
    var lives: [ReplicaID: Life] = [:]
    /// Those that another agent of their node has started too, at each of the others.
    private var otherLives: [ReplicaID: [Int: Life]] = [:]
    /// Those that may run twice by a later generation, whatever their process was started as.
    var unbound: Set<ReplicaID> = []
    /// Replicas that some order ends: a stop, or that of an agent to leave.
    private var ending: Set<ReplicaID> = []
    /// What must not run beside what replaced it, from both sides.
    var originals: [ReplicaID: Set<ReplicaID>] = [:]
    var successors: [ReplicaID: Set<ReplicaID>] = [:]
    var pace = Pace()
    var acknowledged: [ServiceName: Acknowledgement] = [:]
    /// The number of the last change of each kind that was asked for.
    var lastRemoval: [ServiceName: Int] = [:]
    var lastApply: [ServiceName: Int] = [:]
    var highestRevision: Int64 = 0
    /// Sessions, with their nodes; and those that the engine has closed or replaced.
    var sessions: [SessionID: NodeID] = [:]
    var current: [NodeID: SessionID] = [:]
    var dead: Set<SessionID> = []
    /// The sessions of nodes that the control plane takes for connected, and for staying so.
    var connected: [NodeID: SessionID] = [:]
    /// The last session that said hello for a node and has not been welcomed: one that another agent claims too is given to
    /// it when the older one's session ends.
    private var claims: [NodeID: SessionID] = [:]
    /// Nodes whose agent said hello in the step that is under way.
    private var greeted: Set<NodeID> = []
    /// Whether the step that is under way took in what moves replicas at once: a hello, an order of someone.
    var isOrdered = false

    init(timeoutSeconds: Double) { self.timeoutSeconds = timeoutSeconds }

    // MARK: - Sessions

    mutating func opened(_ session: SessionID, by node: NodeID) { sessions[session] = node }

    mutating func controlPlaneStarted() {
        sessions = [:]
        claims = [:]
        current = [:]
        connected = [:]
        dead = []
        pace = Pace()
    }

    mutating func stepBegins(_ events: [Event], at now: Instant) {
        pace.now = now
        greeted = []
        isOrdered = events.contains { event in
            switch event {
            case .request, .session(_, .hello), .session(_, .leaving), .session(_, .goodbye): true
            default: false
            }
        }
        for case .session(let session, let event) in events {
            guard let node = sessions[session] else { continue }
            take(event, from: session, of: node)
        }
    }

    private mutating func take(_ event: SessionEvent, from session: SessionID, of node: NodeID) {
        switch event {
        case .hello:
            greeted.insert(node)
            pace.lostNodes[node] = nil
            pace.come.insert(node)
            pace.silentSince[node] = nil
            if current[node] != session { claims[node] = session }
        case .probed:
            if claims[node] != nil { isOrdered = true }
        case .leaving:
            left(node, session)
        case .goodbye:
            if current[node] == session { pace.come.remove(node) }
            left(node, session)
        case .closed(let silentSince):
            if claims[node] != nil { isOrdered = true }
            if claims[node] == session {
                // It may have been let in before it went, in the same step.
                greeted.insert(node)
                claims[node] = nil
            }
            if current[node] == session, claims[node] == nil { pace.silentSince[node] = silentSince }
            left(node, session)
        default: break
        }
    }

    private mutating func left(_ node: NodeID, _ session: SessionID) {
        if connected[node] == session { connected[node] = nil }
    }

    /// Whether an agent of the node says hello in this step: it is there, and may only not know what another one runs.
    func isGreeted(_ node: NodeID) -> Bool { greeted.contains(node) || claims[node] != nil }

    mutating func sent(_ command: OrionScheduler.Command) {
        switch command.action {
        case .close: dead.insert(command.session)
        case .send(.welcome(let welcome)):
            if let older = current[welcome.nodeId], older != command.session { dead.insert(older) }
            current[welcome.nodeId] = command.session
            connected[welcome.nodeId] = command.session
            // It may have said hello long before, and waited for another's end.
            pace.come.insert(welcome.nodeId)
            pace.silentSince[welcome.nodeId] = nil
            if claims[welcome.nodeId] == command.session { claims[welcome.nodeId] = nil }
        default: break
        }
    }

    /// What is sent to a node.
    func sent(_ message: ControlMessage, to node: NodeID) -> Finding? {
        guard case .launch(let launch) = message else { return nil }
        let id = launch.replicaId
        guard placed[id]?.node == node else {
            return (.identity, "\(id) is launched on \(node), and is stored for \(nodeText(of: id))")
        }
        if let stored = replicas[id], stored.fence != launch.fence {
            return (.identity, "\(id) is launched with the fence \(launch.fence?.description ?? "none")")
        }
        return nil
    }

    private func nodeText(of id: ReplicaID) -> String { placed[id]?.node.rawValue ?? "no node" }

    // MARK: - Processes

    /// A process starts; `restarts` is what its agent counts.
    mutating func started(_ id: ReplicaID, on place: Place, restarts: Int, isBound: Bool) -> Finding? {
        guard placed[id]?.node == place.node else {
            return (.identity, "\(id) starts on \(place.node), and is stored for \(nodeText(of: id))")
        }
        var life = lives[id] ?? Life(node: place.node, machine: place.machine)
        if life.machine != place.machine {
            // What nobody has named is launched again where another agent speaks for the node, but for what must not run
            // twice. From then on each of the two may start it again, whatever is wanted of it by then.
            let own = otherLives[id]?[place.machine]
            guard own != nil || !isBound && !life.isBound else {
                return (.identity, "\(id) starts at another agent of \(place.node) than before")
            }
            otherLives[id, default: [:]][life.machine] = life
            life = own ?? Life(node: place.node, machine: place.machine)
        }
        defer { lives[id] = life }
        life.starts += 1
        if life.isRunning { return (.identity, "\(id) starts though it runs") }
        life.isRunning = true
        life.isBound = isBound
        if life.isFinal { return (.identity, "\(id) starts though it has ended for good") }
        if life.starts > restarts + 1 {
            return (.identity, "\(id) was started \(life.starts) times, and \(restarts) restarts are counted")
        }
        return nil
    }

    mutating func orderedToEnd(_ id: ReplicaID) { ending.insert(id) }

    /// Whether its agent has a reason to end its process.
    func mayEnd(_ id: ReplicaID) -> Bool { ending.contains(id) }

    mutating func ended(_ id: ReplicaID, on machine: Int) {
        if lives[id]?.machine == machine { lives[id]?.isRunning = false }
        otherLives[id]?[machine]?.isRunning = false
    }

    mutating func endedForGood(_ id: ReplicaID, on machine: Int) {
        if lives[id]?.machine == machine { lives[id]?.isFinal = true }
        otherLives[id]?[machine]?.isFinal = true
    }

    /// What an agent is about to say of a replica: it takes no final state back, after a power cut neither.
    func said(_ status: ReplicaStatus, on machine: Int) -> Finding? {
        guard !status.state.isFinal, let life = lives[status.replicaId], life.machine == machine, life.isFinal else {
            return nil
        }
        return (.identity, "\(status.replicaId) is said to be \(status.state) though it has ended for good")
    }

    /// A machine's disk is empty: what the control plane never heard of may be started there anew.
    mutating func wiped(_ node: NodeID) {
        for (id, life) in lives where life.node == node && replicas[id]?.isKnown == false {
            lives[id] = nil
            otherLives[id] = nil
        }
    }
}
