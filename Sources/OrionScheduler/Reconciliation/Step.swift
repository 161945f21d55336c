import HashTreeCollections
import OrionCore

/// One step under way: the state as it becomes, what was decided so far, and what has to be looked at.
struct Step {
    /// The state before the step, which tells what changed.
    let before: ClusterState
    var state: ClusterState
    let moment: Moment
    var decision = Decision()
    /// Services to look at before the step ends.
    var dirty: Set<ServiceName> = []
    /// Nodes that take more than before: worth a look for what waits.
    var roomier: Set<NodeID> = [] { didSet { hopeless = [] } }
    /// What no node takes, as long as none takes more: many may ask for the same.
    var hopeless: Set<Demand> = []
    /// What was lost in this step.
    var lost: [ReplicaID] = []
    var touchedConfigurations: Set<String> = []
    var touchedServices: Set<ServiceName> = []
    var touchedNodes: Set<NodeID> = []
    var touchedReplicas: Set<ReplicaID> = []
    /// Services that were looked at: what a step's cost grows with.
    var reviews = 0
    private var seed: UInt64

    var now: Instant { moment.monotonic }

    init(_ state: ClusterState, at moment: Moment, seed: UInt64) {
        before = state
        self.state = state
        self.moment = moment
        self.seed = seed
        dirty = Set(state.unreviewed)
        self.state.unreviewed = SortedTree()
    }

    /// Takes in one event.
    mutating func take(_ event: Event) {
        switch event {
        case .request(let id, let request): decision.answers.append((id, answer(to: request)))
        case .session(let session, let event): take(event, from: session)
        }
    }

    mutating func note(
        _ message: String, service: ServiceName? = nil, replica: ReplicaID? = nil, node: NodeID? = nil
    ) {
        note(.info, message, service: service, replica: replica, node: node)
    }

    mutating func note(
        _ severity: Fact.Severity, _ message: String, service: ServiceName? = nil, replica: ReplicaID? = nil,
        node: NodeID? = nil
    ) {
        decision.facts.append(Fact(severity, message, service: service, replica: replica, node: node))
    }

    mutating func command(_ session: SessionID, _ action: Command.Action) {
        decision.commands.append(Command(session: session, action: action))
    }

    /// An id that nobody else makes: 32 hexadecimal digits (SplitMix64 from the step's seed).
    mutating func makeID() -> String {
        var digits = ""
        for _ in 0..<2 {
            seed &+= 0x9E37_79B9_7F4A_7C15
            var mixed = seed
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            let half = String(mixed ^ (mixed >> 31), radix: 16)
            digits += String(repeating: "0", count: 16 - half.count) + half
        }
        return digits
    }
}

/// The ways to change the state: each remembers what it touched.
extension Step {
    mutating func updateService(_ name: ServiceName, _ change: (inout ServiceState) -> Void) {
        guard var service = state.services[name] else { return }
        change(&service)
        state.setService(name, service)
        touchedServices.insert(name)
        dirty.insert(name)
    }

    mutating func updateNode(_ id: NodeID, _ change: (inout NodeState) -> Void) {
        guard var node = state.nodes[id] else { return }
        state.nodes[id] = nil
        let (wasThere, wasOpen, wasPresent) = (node.isThere, node.isOpen, node.presence.isPresent)
        let capacity = node.stored.capacity
        change(&node)
        state.nodes[id] = node
        touchedNodes.insert(id)
        if node.presence.isPresent != wasPresent { state.nodesPresent += wasPresent ? -1 : 1 }
        if node.isThere != wasThere { countNodes(node.isThere ? 1 : -1) }
        if node.isOpen, !wasOpen || node.stored.capacity != capacity { roomier.insert(id) }
    }

    mutating func updateReplica(_ id: ReplicaID, _ change: (inout ReplicaState) -> Void) {
        guard let old = state.replicas[id] else { return }
        var new = old
        change(&new)
        setReplica(id, old, new)
    }

    mutating func removeReplica(_ id: ReplicaID) {
        guard let old = state.replicas[id] else { return }
        setReplica(id, old, nil)
        if let replaced = old.stored.replaces, state.replicas[replaced]?.replacedBy == id {
            updateReplica(replaced) { $0.replacedBy = nil }
        }
    }

    mutating func addReplica(_ replica: ReplicaState) { setReplica(replica.id, nil, replica) }

    private mutating func setReplica(_ id: ReplicaID, _ old: ReplicaState?, _ new: ReplicaState?) {
        touchedReplicas.insert(id)
        if let name = new?.service ?? old?.service { dirty.insert(name) }
        state.setReplica(id, new, at: now)
        guard let old, old.holdsResources else { return }
        if let new, new.holdsResources, new.demand == old.demand { return }
        roomier.insert(old.node)
    }
}
