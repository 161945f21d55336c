import OrionCore
import Testing

@testable import OrionScheduler

/// A control plane's judgement, its store and its agents, on a clock that moves when told to.
struct ModelCluster {
    var state: ClusterState
    var store: ModelStore
    var agents: [NodeID: ModelAgent] = [:]
    var now = Moment(monotonic: Instant(nanoseconds: 1_000_000_000), wall: Timestamp(milliseconds: 1_700_000_000_000))
    var random = SplitMix(seed: 7)
    var facts: [Fact] = []
    /// Closed sessions, with the code.
    var closings: [SessionID: UInt16] = [:]
    /// Sessions whose agent is to be pinged.
    var probes: [SessionID] = []
    /// Called after each step, with the state before it.
    var afterStep: ((inout ModelCluster, ClusterState, [Event], Decision) -> Void)?
    /// The first violation of an invariant.
    var violation: String?
    /// Whether commands are sent: not by a control plane that ends after its commit.
    var sends = true
    /// What the next step hears of launches that found no session.
    var undelivered: [Event] = []
    private var lastSession: UInt64 = 0
    private var lastRequest: UInt64 = 0

    /// A cluster with connected agents `node-1`, `node-2`…, which its control plane has known for longer than a timeout.
    init(nodes: Int = 0, options: ReconcilerOptions = ReconcilerOptions()) {
        store = ModelStore(cluster: StoredCluster(clusterId: "test"))
        state = ClusterState(cluster: store.cluster, options: options)
        for number in 0..<nodes { connect(NodeID(rawValue: "node-\(number + 1)")) }
    }

    // MARK: Steps

    @discardableResult
    mutating func step(_ events: [Event] = []) -> Decision {
        let before = state
        let events = undelivered + events
        undelivered = []
        let decision = Reconciler.step(&state, events, now: now, random: &random)
        store.commit(decision.changes)
        facts += decision.facts
        if sends { for command in decision.commands { carryOut(command) } }
        afterStep?(&self, before, events, decision)
        return decision
    }

    private mutating func carryOut(_ command: OrionScheduler.Command) {
        let id = agents.first { $0.value.session == command.session }?.key
        switch command.action {
        case .send(let message):
            if let id {
                agents[id]?.downlink.append(message)
            } else if case .launch(let launch) = message {
                undelivered.append(.session(command.session, .undelivered(launch.replicaId)))
            }
        case .probe: probes.append(command.session)
        case .close(let code, _):
            closings[command.session] = code
            if let id { agents[id]?.session = nil }
        }
    }

    mutating func request(_ request: Request) -> Answer {
        lastRequest += 1
        let decision = step([.request(RequestID(rawValue: lastRequest), request)])
        return decision.answers[0].answer
    }

    mutating func event(_ event: SessionEvent, of id: NodeID) {
        guard let session = agents[id]?.session else { return }
        step([.session(session, event)])
    }

    /// Lets messages and processes run until nothing moves, without any time passing.
    mutating func settle() {
        for _ in 0..<10_000 where violation == nil {
            var moved = false
            if let next = state.timers.next, next <= now.monotonic {
                step()
                moved = true
            }
            for id in agents.keys.sorted() { if deliver(id) { moved = true } }
            for id in agents.keys.sorted() { if agents[id]?.progress() == true { moved = true } }
            if !moved { return }
        }
        guard violation == nil else { return }
        violation = "the cluster does not settle"
        Issue.record("the cluster does not settle")
    }

    /// Delivers what is under way between an agent and its control plane.
    mutating func deliver(_ id: NodeID) -> Bool {
        guard let agent = agents[id], let session = agent.session else { return false }
        let uplink = agent.uplink
        let downlink = agent.downlink
        guard !agent.isDeaf, !uplink.isEmpty || !downlink.isEmpty else { return false }
        agents[id]?.uplink = []
        agents[id]?.downlink = []
        for message in downlink { agents[id]?.obey(message) }
        for event in uplink where agents[id]?.session == session { step([.session(session, event)]) }
        return true
    }

    /// Lets time pass, deadline by deadline.
    mutating func advance(_ seconds: Double) {
        settle()
        let end = now.monotonic.advanced(bySeconds: seconds)
        while let next = state.timers.next, next <= end, violation == nil {
            set(max(next, now.monotonic))
            step()
            settle()
        }
        set(end)
    }

    private mutating func set(_ instant: Instant) {
        let passed = (instant.nanoseconds - now.monotonic.nanoseconds) / 1_000_000
        now = Moment(monotonic: instant, wall: Timestamp(milliseconds: now.wall.milliseconds + passed))
        for id in agents.keys where agents[id]?.session == nil && agents[id]?.isBase == false {
            agents[id]?.endLeases(at: instant)
        }
    }

    // MARK: Agents

    mutating func newSession() -> SessionID {
        lastSession += 1
        return SessionID(rawValue: lastSession)
    }

    /// Connects an agent, a new one if it is not known, and settles nothing.
    mutating func connect(_ id: NodeID, _ change: (inout ModelAgent) -> Void = { _ in }) {
        var agent = agents[id] ?? ModelAgent(id)
        change(&agent)
        let session = newSession()
        agent.session = session
        agent.uplink = []
        agent.downlink = []
        agents[id] = agent
        step([.session(session, .hello(agent.hello, address: "\(id)"))])
    }

    /// Ends an agent's session; what is under way is lost.
    mutating func disconnect(_ id: NodeID) {
        guard let session = agents[id]?.session else { return }
        agents[id]?.session = nil
        agents[id]?.lastContact = now.monotonic
        agents[id]?.uplink = []
        agents[id]?.downlink = []
        step([.session(session, .closed(silentSince: now.monotonic))])
    }

    /// Ends an agent's session after some of what was under way has arrived.
    mutating func cut(_ id: NodeID) {
        guard let agent = agents[id], let session = agent.session else { return }
        let heard = Int.random(in: 0...agent.downlink.count, using: &random)
        for message in agent.downlink.prefix(heard) { agents[id]?.obey(message) }
        let uplink = agents[id]?.uplink ?? []
        let said = Int.random(in: 0...uplink.count, using: &random)
        for event in uplink.prefix(said) where agents[id]?.session == session { step([.session(session, event)]) }
        disconnect(id)
    }

    /// Ends the control plane and starts it again on what was stored.
    mutating func restartControlPlane() throws {
        for id in agents.keys {
            if agents[id]?.session != nil { agents[id]?.lastContact = now.monotonic }
            agents[id]?.session = nil
            agents[id]?.uplink = []
            agents[id]?.downlink = []
        }
        undelivered = []
        state = try ClusterState(loading: store.state, options: state.options, now: now)
    }

    /// Stops an agent as SIGTERM does, up to its end.
    mutating func shutDown(_ id: NodeID) {
        event(.leaving, of: id)
        agents[id]?.records = [:]
        event(.goodbye, of: id)
        disconnect(id)
    }
}
