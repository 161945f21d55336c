import OrionCore

@testable import OrionScheduler

/// A random history of a cluster: people change their minds, agents and their machines come and go, frames are lost, the
/// control plane is restarted.
struct History {
    var cluster = ModelCluster()
    var random: SplitMix
    private let names: [ServiceName] = ["a", "b", "c", "d"]
    private var documents: [ServiceName: ServiceSpecification] = [:]
    /// What happened, to be printed with a violation.
    var log: [String] = []

    init(seed: UInt64) {
        random = SplitMix(seed: seed)
        cluster.random = SplitMix(seed: seed ^ 0xABCD)
        cluster.afterStep = { cluster, before, events, decision in
            cluster.checkInvariants(before: before, events: events, decision: decision)
        }
        for number in 1...Int.random(in: 2...5, using: &random) {
            let isBase = random.chance(15)
            let capacity = random.chance(50) ? Capacity(cpu: 4, memory: 4096) : nil
            cluster.connect(NodeID(rawValue: "node-\(number)")) { agent in
                agent.isBase = isBase
                agent.capacity = capacity
            }
        }
    }

    private var anyNode: NodeID {
        mutating get { cluster.agents.keys.sorted().randomElement(using: &random) ?? "node-1" }
    }

    mutating func run(steps: Int) throws {
        for _ in 0..<steps where cluster.violation == nil { try act() }
        guard cluster.violation == nil else { return }
        calmDown()
    }

    private mutating func act() throws {
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<12: apply()
        case 12..<16: request(.scale(anyName, replicas: Int.random(in: 0...6, using: &random)))
        case 16..<18: request(.restart(anyName))
        case 18..<19: request(.rollBack(anyName, to: random.chance(50) ? nil : Int.random(in: 1...8, using: &random)))
        case 19..<21: request(.remove(anyName))
        case 21..<23: request(.cordon(anyNode.rawValue))
        case 23..<26: request(.drain(anyNode.rawValue))
        case 26..<31: request(.uncordon(anyNode.rawValue))
        case 31..<37: cut()
        case 37..<46: connect()
        case 46..<49: restartAgent()
        case 49..<51: shutDown()
        case 51..<53: wipe()
        case 53..<60: crash()
        case 60..<63: fail()
        case 63..<65: try restartControlPlane()
        case 65..<67: breakOrMend()
        case 67..<70: heartbeat()
        case 70..<80: pass(Double.random(in: 0...12, using: &random))
        case 80..<84: pass(Double.random(in: 0...1, using: &random))
        default: deliver()
        }
    }

    private var anyName: ServiceName {
        mutating get { names.randomElement(using: &random) ?? "a" }
    }

    private mutating func note(_ text: String) {
        log.append("\(cluster.now.monotonic.seconds(since: .start)): \(text)")
    }

    private mutating func request(_ request: Request) {
        note("\(request)")
        _ = cluster.request(request)
    }

    private mutating func apply() {
        for name in names where random.chance(50) { documents[name] = specification(name) }
        var config = OrionConfig()
        config.spec.services = names.compactMap { documents[$0] }.filter { _ in random.chance(85) }
        let apply = Request.Apply(config: config, isDryRun: random.chance(10), prunes: random.chance(20))
        note(
            "apply \(config.spec.services.map { "\($0.name) \($0.replicas) \($0.entry) \($0.restart.policy) \($0.ports.count) \($0.resources) \($0.disconnect)" }) prune \(apply.prunes) dry \(apply.isDryRun)"
        )
        _ = cluster.request(.apply(apply))
    }

    private mutating func specification(_ name: ServiceName) -> ServiceSpecification {
        var specification = ServiceSpecification(name: name)
        specification.replicas = Int.random(in: 0...5, using: &random)
        specification.entry = "\(Int.random(in: 1...3, using: &random)).ts"
        if random.chance(12) { specification.entry = "hopeless.ts" }
        specification.stop.gracePeriodSeconds = Double(Int.random(in: 1...3, using: &random))
        specification.restart.policy =
            [.always, .always, .always, .onFailure, .never].randomElement(using: &random) ?? .always
        if random.chance(10) { specification.restart.maxAttempts = 3 }
        if random.chance(40) { specification.update = update() }
        if name == "b" { specification.ports = [Port(name: "http", port: 80)] }
        if name == "c" { specification.resources.cpu = [0.5, 1, 2].randomElement(using: &random) }
        if random.chance(30) { specification.disconnect = disconnect() }
        if name == "d" { specification.dependencies = documents["a"] == nil ? [] : ["a"] }
        return specification
    }

    private mutating func update() -> UpdatePolicy {
        var update = UpdatePolicy()
        let amounts: [Amount] = [.count(0), .count(1), .count(2), .percent(30), .percent(100)]
        update.maxSurge = amounts.randomElement(using: &random) ?? update.maxSurge
        update.maxUnavailable = amounts.randomElement(using: &random) ?? update.maxUnavailable
        update.deadlineSeconds = [1, 5, 30, 120].randomElement(using: &random) ?? 120
        update.autoRollback = random.chance(70)
        update.minReadySeconds = [0, 2, 5].randomElement(using: &random) ?? 2
        return update
    }

    private mutating func disconnect() -> DisconnectPolicy {
        var policy = DisconnectPolicy()
        if random.chance(50) { policy.replaceAfterSeconds = Double(Int.random(in: 5...40, using: &random)) }
        if random.chance(60) { policy.stopAfterSeconds = Double(Int.random(in: 2...30, using: &random)) }
        policy.overlap = policy.stopAfterSeconds == nil || random.chance(30)
        policy.keep = random.chance(50) ? .original : .replacement
        return policy
    }

    private mutating func connect() {
        let id = anyNode
        guard cluster.agents[id]?.session == nil || random.chance(10) else { return }
        note("connect \(id)")
        cluster.connect(id)
    }

    private mutating func cut() {
        let id = anyNode
        note("cut \(id)")
        cluster.cut(id)
    }

    /// An agent is killed and started again: its replicas run on.
    private mutating func restartAgent() {
        let id = anyNode
        note("restart agent \(id)")
        cluster.cut(id)
        cluster.agents[id]?.instance += 1
        cluster.agents[id]?.endUnleased()
        if random.chance(50) { cluster.connect(id) }
    }

    private mutating func shutDown() {
        let id = anyNode
        guard cluster.agents[id]?.session != nil else { return }
        note("shut down \(id)")
        cluster.event(.leaving, of: id)
        if random.chance(30) { return cluster.cut(id) }
        while cluster.deliver(id) || cluster.agents[id]?.progress() == true {}
        cluster.agents[id]?.records = [:]
        cluster.event(.goodbye, of: id)
        cluster.disconnect(id)
        cluster.agents[id]?.instance += 1
    }

    /// A machine comes back with an empty disk.
    private mutating func wipe() {
        let id = anyNode
        guard cluster.agents[id]?.isBase == false else { return }
        note("wipe \(id)")
        cluster.cut(id)
        cluster.agents[id]?.records = [:]
        cluster.agents[id]?.launched = []
        cluster.agents[id]?.instance += 1
    }

    /// A process exits, and its agent starts it again.
    private mutating func crash() {
        let id = anyNode
        guard let replica = cluster.agents[id]?.live.randomElement(using: &random),
            let phase = cluster.agents[id]?.records[replica]?.phase, phase != .stopping
        else { return }
        note("crash \(replica)")
        cluster.agents[id]?.set(replica, .backoff)
        cluster.agents[id]?.records[replica]?.restarts += 1
        cluster.agents[id]?.set(replica, .starting)
    }

    /// A process ends for good.
    private mutating func fail() {
        let id = anyNode
        guard let replica = cluster.agents[id]?.live.randomElement(using: &random),
            let record = cluster.agents[id]?.records[replica], record.phase != .stopping
        else { return }
        let succeeds = record.specification.value.restart.policy != .always && random.chance(50)
        note("\(succeeds ? "succeed" : "fail") \(replica)")
        cluster.agents[id]?.set(replica, succeeds ? .succeeded : .failed)
    }

    private mutating func restartControlPlane() throws {
        note("restart control plane")
        if random.chance(50), let id = cluster.agents.keys.sorted().randomElement(using: &random) {
            // It ends after a commit, before anything of it is sent.
            cluster.sends = false
            if random.chance(50) { apply() } else { request(.drain(id.rawValue)) }
            cluster.sends = true
        }
        try cluster.restartControlPlane()
        for id in cluster.agents.keys.sorted() where random.chance(70) { cluster.connect(id) }
    }

    private mutating func breakOrMend() {
        let id = anyNode
        note("break or mend \(id)")
        if cluster.agents[id]?.broken.isEmpty == true {
            let name = anyName
            cluster.agents[id]?.broken = [name]
        } else {
            cluster.agents[id]?.broken = []
        }
    }

    private mutating func heartbeat() {
        let id = anyNode
        guard let agent = cluster.agents[id], !agent.isBase else { return }
        var heartbeat = Heartbeat(timestamp: cluster.now.wall, metrics: Usage(cpu: 1, memory: 1))
        heartbeat.digest = random.chance(10) ? "00" : agent.digest
        cluster.agents[id]?.uplink.append(.heartbeat(heartbeat, receivedAt: cluster.now.wall))
    }

    private mutating func pass(_ seconds: Double) {
        note("pass \(seconds)")
        cluster.advance(seconds)
    }

    private mutating func deliver() {
        let id = anyNode
        note("deliver \(id)")
        _ = cluster.deliver(id)
        if random.chance(60) { _ = cluster.agents[id]?.progress() }
    }

    /// Every fault stops.
    private mutating func calmDown() {
        note("calm")
        for id in cluster.agents.keys.sorted() {
            cluster.agents[id]?.broken = []
            _ = cluster.request(.uncordon(id.rawValue))
            if cluster.agents[id]?.session == nil { cluster.connect(id) }
        }
        cluster.advance(300)
    }
}
