import HashTreeCollections
import OrionCore

/// An agent's connection, and what was said over it.
struct NodeSession: Sendable {
    /// Something that an agent was told and has to answer with a status.
    enum Order: Hashable, Comparable, Sendable {
        case stop(ReplicaID, ServiceName)
        case launch(ReplicaID)
        case update(ServiceName, generation: Int)
    }

    /// A launch that waits for others to be answered: the oldest placement is the first to go.
    struct WaitingLaunch: Comparable, Sendable {
        let fence: Fence
        let replica: ReplicaID
        static func < (left: WaitingLaunch, right: WaitingLaunch) -> Bool {
            (left.fence, left.replica) < (right.fence, right.replica)
        }
    }

    /// What an agent last said of a replica it holds a record of.
    struct Reported: Hashable, Sendable {
        var phase: ReplicaPhase
        /// Whether it was told to forget it and has not said yet that it did.
        var isToBeForgotten = false
    }

    /// Another agent with the same node id that waits for the answer to a ping.
    struct Challenger: Sendable {
        var session: SessionID
        var hello: Hello
        var address: String
    }

    let id: SessionID
    let instanceId: String?
    let address: String
    /// Whether the agent speaks more than the base fields.
    let speaksProtocol: Bool
    var challenger: Challenger?
    /// The agent that was refused last, which people have been told of.
    var refused: String?
    /// What it holds records of, by this session's hello and statuses.
    private(set) var reported: TreeDictionary<ReplicaID, Reported> = [:]
    /// The fold of `reported`, kept as it changes.
    private(set) var digest = ReplicaDigest()
    /// Whether its hello listed replicas, so that `reported` is whole.
    private(set) var listsReplicas = false
    var lastSync: Instant?
    /// Orders that were sent and not answered, with when.
    private(set) var unanswered: TreeDictionary<Order, Instant> = [:]
    /// Launches among them.
    private(set) var unansweredLaunches = 0
    /// Launches that wait for others to be answered.
    var waitingLaunches = SortedTree<WaitingLaunch>()

    init(id: SessionID, instanceId: String?, address: String, speaksProtocol: Bool) {
        self.id = id
        self.instanceId = instanceId
        self.address = address
        self.speaksProtocol = speaksProtocol
    }

    /// Writes down what the agent says of a replica; nil once it holds no record of it.
    mutating func report(_ id: ReplicaID, _ report: Reported?) {
        if let old = reported[id] { digest.toggle(id, old.phase) }
        if let report { digest.toggle(id, report.phase) }
        reported[id] = report
    }

    /// Writes down that it was told to forget an ended replica.
    mutating func expectForgetting(_ id: ReplicaID) { reported[id]?.isToBeForgotten = true }

    /// Begins anew with what a hello lists: launches that it names are answered.
    mutating func begin(with listed: [ReplicaStatus]) {
        reported = [:]
        digest = ReplicaDigest()
        listsReplicas = true
        for status in listed {
            if !unanswered.isEmpty { answered(.launch(status.replicaId)) }
            if status.state != .lost, status.state != .pending {
                report(status.replicaId, Reported(phase: status.state))
            }
        }
    }

    /// Writes down that an order was sent.
    mutating func sent(_ order: Order, at now: Instant) {
        if unanswered.updateValue(now, forKey: order) == nil, case .launch = order { unansweredLaunches += 1 }
    }

    /// Takes an order for answered, or for no longer wanted.
    mutating func answered(_ order: Order) {
        if unanswered.removeValue(forKey: order) != nil, case .launch = order { unansweredLaunches -= 1 }
    }
}
