import OrionCore
import OrionScheduler
import OrionStore
import OrionTesting
import Testing

@testable import OrionControlPlane

/// The engine's machine with agents and a store under one seed: any commit may fail or lose its outcome, any session may
/// end after any prefix in either direction, and the control plane may die between any two effects.
struct Simulation {
    struct Agent {
        let id: NodeID
        var model = AgentModel()
        var session: SessionID?
        var toAgent: [ControlMessage] = []
        var toEngine: [SessionEvent] = []
    }

    let seed: UInt64
    var random: any RandomNumberGenerator
    /// What a power cut would leave.
    var image = StateImage(clusterId: "simulated")
    /// Every replica that was ever stored, with its node.
    var placed: Set<[String]> = []
    var machine: EngineMachine?
    var mailbox: [Event] = []
    var agents: [Agent]
    var time = Instant.start
    var lastSession: UInt64 = 0
    var lastRequest: UInt64 = 0
    /// Whether anything may go wrong.
    var isHostile = true
    /// What the callers that wait for an answer asked for, and what was acknowledged: per service, the highest number.
    var asked: [RequestID: (service: ServiceName, number: Int)] = [:]
    var acknowledged: [ServiceName: Int] = [:]
    /// Effects carried out, by kind, to see that a run did something.
    var launches = 0
    var deaths = 0

    init(seed: UInt64, agents count: Int) {
        self.seed = seed
        random = SeededGenerator(seed: seed)
        agents = (0..<count).map { Agent(id: NodeID(rawValue: "node-\($0)")) }
    }

    var moment: Moment { Moment(monotonic: time, wall: Timestamp(milliseconds: time.nanoseconds / 1_000_000)) }

    mutating func chance(_ one: Int) -> Bool { isHostile && Int.random(in: 0..<one, using: &random) == 0 }

    mutating func start() throws {
        let state = try ClusterState(loading: image.state, options: ReconcilerOptions(), now: moment)
        machine = EngineMachine(state: state)
        try step()
    }

    /// The control plane is gone, and with it what it had not done.
    mutating func die() {
        deaths += 1
        machine = nil
        mailbox = []
        asked = [:]
        for index in agents.indices { cut(index) }
    }

    /// A session ends: each side got a prefix of what the other sent.
    mutating func cut(_ index: Int) {
        guard let session = agents[index].session else { return }
        let heard = Int.random(in: 0...agents[index].toAgent.count, using: &random)
        for message in agents[index].toAgent.prefix(heard) { _ = agents[index].model.obey(message) }
        if machine != nil {
            let said = Int.random(in: 0...agents[index].toEngine.count, using: &random)
            mailbox += agents[index].toEngine.prefix(said).map { .session(session, $0) }
            mailbox.append(.session(session, .closed(silentSince: time)))
        }
        agents[index].session = nil
        agents[index].toAgent = []
        agents[index].toEngine = []
    }

    mutating func connect(_ index: Int) {
        guard agents[index].session == nil, machine != nil else { return }
        lastSession += 1
        agents[index].session = SessionID(rawValue: lastSession)
        agents[index].toEngine = [.hello(agents[index].model.hello(agents[index].id), address: "simulated")]
    }

    /// Lets an agent do the next thing that it was told, and what it said before reach the engine.
    mutating func exchange(_ index: Int) {
        guard let session = agents[index].session else { return }
        if !agents[index].toAgent.isEmpty {
            let message = agents[index].toAgent.removeFirst()
            agents[index].toEngine += agents[index].model.obey(message).map(SessionEvent.status)
            if case .sync = message {
                agents[index].toEngine.append(.hello(agents[index].model.hello(agents[index].id), address: "simulated"))
            }
        }
        mailbox += agents[index].toEngine.map { .session(session, $0) }
        agents[index].toEngine = []
    }

    mutating func apply(_ service: ServiceName, _ number: Int) {
        guard machine != nil else { return }
        var specification = ServiceSpecification(name: service)
        specification.replicas = Int.random(in: 0...4, using: &random)
        specification.labels["number"] = "\(number)"
        // Changes a third of the time, and then needs new processes.
        specification.env["ROLL"] = "\(number / 3)"
        var config = OrionConfig()
        config.metadata.name = service.rawValue
        config.spec.services = [specification]
        lastRequest += 1
        let id = RequestID(rawValue: lastRequest)
        asked[id] = (service, number)
        mailbox.append(.request(id, .apply(Request.Apply(config: config))))
    }

    /// Lets a running replica fail.
    mutating func fail(_ index: Int) {
        let running = agents[index].model.records.values.filter(\.state.isRunning).map(\.replicaId).sorted()
        guard let id = running.randomElement(using: &random) else { return }
        guard let status = agents[index].model.change(id, to: .failed) else { return }
        if agents[index].session != nil { agents[index].toEngine.append(.status(status)) }
    }

    /// Lets the engine take in what waits, or try again to write.
    mutating func step() throws {
        guard machine != nil else { return }
        let count = Int.random(in: 0...mailbox.count, using: &random)
        let events = Array(mailbox.prefix(isHostile ? count : mailbox.count))
        let effects: [EngineMachine.Effect]
        if machine?.isReady == true {
            mailbox.removeFirst(events.count)
            let now = moment
            effects = machine?.step(events, now: now, random: &random) ?? []
        } else {
            effects = machine?.retry() ?? []
        }
        try perform(effects)
    }

    private mutating func perform(_ effects: [EngineMachine.Effect]) throws {
        var effects = effects[...]
        while let effect = effects.popFirst() {
            if chance(200) { return die() }
            switch effect {
            case .commit(let changes):
                let outcome = commit(changes)
                if chance(40) { return die() }
                effects = (machine?.committed(outcome) ?? [])[...]
            case .probe:
                let outcome = chance(3) ? Result<Void, StoreError>.failure(Self.full) : .success(())
                effects = (machine?.probed(outcome) ?? [])[...]
            case .send(let command): if try !send(command) { machine?.undelivered(command) }
            case .answer(let id, let result): try answer(id, result)
            case .publish: try compare()
            case .suspend, .resume, .log: break
            }
        }
    }

    private static let full = StoreError(.full, "no room")

    private mutating func commit(_ changes: [StateChange]) -> Result<Void, StoreError> {
        let isLost = chance(12)
        guard isLost || !chance(8) else { return .failure(Self.full) }
        if !isLost || Bool.random(using: &random) {
            image.apply(changes)
            for case .replica(let record) in changes { placed.insert([record.id.rawValue, record.node.rawValue]) }
        }
        return isLost ? .failure(StoreError(.unknownOutcome, "lost")) : .success(())
    }

    /// What is shown is what is stored.
    private func compare() throws {
        let state = try #require(machine).state
        let stored = image.state
        try #require(state.revision == stored.cluster.revision, "seed \(seed)")
        let shown = state.serviceRecords().map { [$0.specification.value.name.rawValue, "\($0.status.generation)"] }
        try #require(shown == stored.services.map { [$0.name.rawValue, "\($0.generation)"] }, "seed \(seed)")
        try #require(Set(stored.replicas.map(\.fence)).count == stored.replicas.count, "seed \(seed): a fence twice")
    }

    private mutating func send(_ command: OrionScheduler.Command) throws -> Bool {
        guard let index = agents.firstIndex(where: { $0.session == command.session }) else { return false }
        switch command.action {
        case .send(let message):
            if case .launch(let launch) = message {
                launches += 1
                // It may have ended since, within the same step.
                let isDurable = placed.contains([launch.replicaId.rawValue, agents[index].id.rawValue])
                try #require(isDurable, "seed \(seed): \(launch.replicaId) is launched before it is stored")
            }
            agents[index].toAgent.append(message)
        case .close: cut(index)
        case .probe: agents[index].toEngine.append(.probed(isAlive: true))
        }
        return true
    }

    private mutating func answer(_ id: RequestID, _ result: Result<Answer, OrionError>) throws {
        guard let (service, number) = asked.removeValue(forKey: id) else { return }
        switch result {
        case .success:
            let isDurable = image.state.services.contains { $0.name == service }
            try #require(isDurable, "seed \(seed): \(service) is acknowledged before it is stored")
            acknowledged[service] = max(acknowledged[service] ?? 0, number)
        case .failure(let error): try #require(error.code == .unavailable, "seed \(seed): \(error)")
        }
    }
}
