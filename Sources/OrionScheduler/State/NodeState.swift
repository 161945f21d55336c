import OrionCore

/// A machine: its record, its session, what is placed on it, and what only memory knows of it. Its last heartbeat is kept
/// apart.
struct NodeState: Sendable {
    /// Whether the machine's agent is there.
    enum Presence: Hashable, Sendable {
        /// Not heard from since the control plane started, or only declared.
        case unheard
        /// It has a session, and its actual set has been reconciled.
        case connected
        /// Its session ended; nothing was heard from it since then.
        case silent(since: Instant)
        /// Silent for the whole timeout, or it said goodbye.
        case gone

        /// Whether it is not lost, and so counts among the nodes that others are lost from.
        var isPresent: Bool {
            switch self {
            case .connected, .silent: true
            case .unheard, .gone: false
            }
        }
    }

    var stored: StoredNode
    var presence = Presence.unheard
    var session: NodeSession?
    /// Whether its agent has said that it stops its replicas.
    var isLeaving = false
    /// Since when it had been silent when it was lost.
    var silentSince: Instant?
    /// When its last session ended: nothing was answered to its agent after that.
    var heardUntil: Instant?
    /// The agent that spoke for it last.
    var instanceId: String?
    var replicas = SortedTree<ReplicaID>()
    var allocation = Allocation()

    init(stored: StoredNode) { self.stored = stored }

    var id: NodeID { stored.id }

    /// Whether its agent is connected, and stays.
    var isThere: Bool { presence == .connected && !isLeaving }

    /// Whether replicas may be placed on it as far as its agent and its operator are concerned.
    var isOpen: Bool { isThere && stored.isSchedulable && !stored.isDraining }

    var status: NodeRecord.Status {
        switch presence {
        case .unheard: .unknown
        case .connected, .silent: .ready
        case .gone: .notReady
        }
    }
}
