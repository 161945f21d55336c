import OrionCore
import OrionScheduler
import OrionStore

/// A whole cluster in one value of time: the real reconciler and engine, agents, and simulated links, disks, clocks and
/// people, all under one seed. The same seed makes the same history, in every process.
///
/// A history is a change of turmoil and calm. In turmoil lines are cut, disks fail, machines stand still and everyone
/// changes their mind; after each step the checks (`SimulationCheck`) are made. In a calm everything is mended, and what
/// runs must become what is wanted. Docs/simulation.md says more.
public final class SimulatedCluster {
    /// What reproduces the history.
    public let seed: UInt64

    let scenario: Scenario
    var random: SeededGenerator
    var engineRandom: any RandomNumberGenerator
    var queue = EventQueue<SimulatedEvent>()
    /// The true time, in nanoseconds.
    var now: Int64 = 0
    var trace: SimulationTrace
    var report = SimulationReport()

    var nodes: [SimulatedNode] = []
    var connections: [SimulatedConnection] = []
    var control: SimulatedControlPlane
    var workload: Workload
    var auditor: Auditor
    /// Nil while there is turmoil.
    var calm: Calm?
    var stepsAtTurmoil = 0
    var publications = 0
    var calms = 0

    /// A cluster at its beginning. The last `traceLines` events are kept as text for a failure, which costs time.
    public init(seed: UInt64, traceLines: Int = 0) {
        self.seed = seed
        var random = SeededGenerator(seed: seed)
        scenario = Scenario(using: &random)
        engineRandom = SeededGenerator(seed: random.next())
        trace = SimulationTrace(linesKept: traceLines)
        control = SimulatedControlPlane(drift: Int64.random(in: -100...100, using: &random))
        workload = Workload(services: scenario.services)
        auditor = Auditor(timeoutSeconds: scenario.options.heartbeatTimeoutSeconds)
        self.random = random
        for number in 0..<scenario.nodes { nodes.append(makeNode(number)) }
        if scenario.hasTwin {
            nodes.append(makeNode(scenario.nodes - 1))
            nodes[scenario.nodes].isTwin = true
        }
        queue.schedule(.controlPlaneStarts, at: 1)
        for index in nodes.indices {
            queue.schedule(.agentStarts(node: index), at: Int64.random(in: 1...1_000_000_000, using: &self.random))
        }
        beginTurmoil()
    }

    /// Makes at least so many steps, and ends in a calm. Stops at the first check that does not hold.
    public func run(steps: Int) -> SimulationReport {
        while report.failure == nil, report.steps < steps || calm != nil { advance() }
        report.simulatedSeconds = Double(now) / 1e9
        report.traceHash = trace.hash
        return report
    }

    /// Runs the history of a seed; one that fails is run again with its trace.
    public static func run(seed: UInt64, steps: Int, traceLines: Int = 400) -> SimulationReport {
        var report = SimulatedCluster(seed: seed).run(steps: steps)
        guard report.failure != nil else { return report }
        let again = SimulatedCluster(seed: seed, traceLines: traceLines)
        report = again.run(steps: steps)
        report.failure?.trace = again.trace.lines
        return report
    }

    /// Whether things may go wrong.
    var isTurmoil: Bool { calm == nil }

    private func makeNode(_ number: Int) -> SimulatedNode {
        let isBase = number < scenario.baseNodes
        let capacity = isBase ? nil : Capacity(cpu: 4, memory: 4096)
        let clock = SimulatedClock(
            drift: Int64.random(in: -100...100, using: &random),
            start: -Int64.random(in: 0...1_000_000_000_000, using: &random))
        return SimulatedNode(id: NodeID(rawValue: "node-\(number)"), isBase: isBase, capacity: capacity, clock: clock)
    }

    /// Lets the next thing happen.
    func advance() {
        guard let (time, event) = queue.next() else {
            preconditionFailure("seed \(seed): nothing is to happen any more")
        }
        now = max(now, time)
        if let until = standstill(of: event), until > now { return queue.schedule(event, at: until) }
        perform(event)
        if isTurmoil, report.steps - stepsAtTurmoil >= scenario.roundSteps { beginCalm() }
    }

    /// Until when the machine stands still that an event happens on.
    private func standstill(of event: SimulatedEvent) -> Int64? {
        switch event {
        case .act, .disturb, .mend, .look, .agentStarts: nil
        case .controlPlaneStarts, .engineWakes, .commitEnds, .engineRetries, .probeEnds, .closeEnds:
            control.pausedUntil
        case .arrives(let connection, let end), .keepAlive(let connection, let end, _):
            end == .control ? control.pausedUntil : nodes[connections[connection].node].agentActsAfter
        case .agentBeats(let connection), .welcomeIsDue(let connection):
            nodes[connections[connection].node].agentActsAfter
        case .agentConnects(let node, _), .connectFails(let node, _), .flushEnds(let node, _),
            .released(let node, _, _), .agentTimer(let node, _, _, _), .checkEnds(let node, _, _, _),
            .exitNoticed(let node, _, _, _), .groupEmptied(let node, _, _), .detachIsDue(let node, _),
            .leaseTick(let node, _):
            nodes[node].agentActsAfter
        case .processEnds(let node, _, _, _), .watchdogBites(let node, _, _): nodes[node].pausedUntil
        }
    }

    private func perform(_ event: SimulatedEvent) {
        switch event {
        case .act: act()
        case .disturb: disturb()
        case .mend(let mending): mend(mending)
        case .look(let token): look(token)
        case .controlPlaneStarts: startControlPlane()
        case .engineWakes(let token): engineWakes(token)
        case .commitEnds(let token): commitEnds(token)
        case .engineRetries(let token): engineRetries(token)
        case .arrives(let connection, let end): arrives(connection, at: end)
        case .keepAlive(let connection, let end, let token): keepAlive(connection, at: end, token)
        case .probeEnds(let connection, let probe): probeEnds(connection, probe)
        case .closeEnds(let connection): closeEnds(connection)
        case .agentConnects(let node, let token): agentConnects(node, token)
        case .agentBeats(let connection): agentBeats(connection)
        case .agentStarts(let node): startAgent(node)
        default: performOnAgent(event)
        }
    }

    /// What happens to real agents and their processes.
    private func performOnAgent(_ event: SimulatedEvent) {
        switch event {
        case .welcomeIsDue(let connection): welcomeIsDue(connection)
        case .connectFails(let node, let token): connectFails(node, token)
        case .flushEnds(let node, let life): flushEnds(node, life)
        case .released(let node, let life, let id): released(node, life, id)
        case .agentTimer(let node, let life, let id, let number): agentTimer(node, life, id, number)
        case .processEnds(let node, let id, let pid, let status): processEnds(node, id, pid, status)
        case .exitNoticed(let node, let life, let id, let pid): exitNoticed(node, life, id, pid)
        case .groupEmptied(let node, let life, let id): groupEmptied(node, life, id)
        case .detachIsDue(let node, let life): detachIsDue(node, life)
        case .leaseTick(let node, let life): leaseTick(node, life)
        case .watchdogBites(let node, let life, let token): watchdogBites(node, life, token)
        case .checkEnds(let node, let life, let id, let number): checkEnds(node, life, id, number)
        default: break
        }
    }

    /// Something happened that may change what runs, or what is known.
    func countStep() { report.steps += 1 }

    /// A check does not hold.
    func fail(_ check: SimulationCheck, _ message: @autoclosure () -> String) {
        guard report.failure == nil else { return }
        let text = message()
        trace.remark(now, "FAILED \(check.rawValue): \(text)")
        report.failure = SimulationFailure(seed: seed, step: report.steps, check: check, message: text, trace: [])
    }
}
