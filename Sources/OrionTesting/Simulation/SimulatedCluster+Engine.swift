import OrionControlPlane
import OrionCore
import OrionScheduler
import OrionStore

/// The control plane's loop, as `ControlPlane.serve` runs it, with a crash possible between any two effects.
extension SimulatedCluster {
    static let noRoom = StoreError(.full, "no room")
    static let outcomeLost = StoreError(.unknownOutcome, "the answer was lost")

    func startControlPlane() {
        guard control.machine == nil else { return }
        countStep()
        control.life += 1
        control.token += 1
        control.mailbox = Mailbox(limit: 10_000, sessionLimit: 1_000)
        control.clock = EngineClock(raw: control.reading(at: now))
        control.lastTick = control.reading(at: now)
        control.commit = nil
        control.isUnwritable = false
        control.unsettled = 0
        control.unsent = 0
        control.isFirstStep = true
        control.standsStill = false
        trace.note(now, 2, Int64(control.life), text: "the control plane starts, for the \(control.life). time")
        let stored = control.image.state
        if let problem = auditor.loaded(stored) { return fail(.durability, problem) }
        do {
            let state = try ClusterState(loading: stored, options: scenario.options, now: control.moment(at: now))
            control.machine = EngineMachine(state: state)
        } catch {
            return fail(.durability, "the state cannot be loaded: \(error.message)")
        }
        control.mailbox.close(nil)
        wakeEngine(after: 0)
    }

    /// The control plane is gone, and with it what it had not done. The machine ends its connections.
    func killControlPlane() {
        guard control.machine != nil else { return }
        countStep()
        report.counts.controlPlaneDeaths += 1
        trace.note(now, 3, text: "the control plane dies")
        if let commit = control.commit {
            switch commit.outcome {
            // As far as it had come: all of it, or nothing.
            case .taken: if random.chance(50) { store(commit.changes) }
            case .lost(let isTaken): if isTaken { store(commit.changes) }
            case .failed: break
            }
        }
        control.machine = nil
        control.commit = nil
        control.token += 1
        control.wakesAt = nil
        workload.asked = [:]
        for index in connections.indices where connections[index].control.state != .closed { close(index, .control) }
        let pause = isTurmoil ? random.pause(mean: 1) : 200_000_000
        queue.schedule(.controlPlaneStarts, at: now + pause + 1)
    }

    /// Lets the engine look for work.
    func wakeEngine(after wait: Int64) {
        let time = now + wait
        if let earlier = control.wakesAt, earlier <= time { return }
        control.wakesAt = time
        control.token += 1
        queue.schedule(.engineWakes(token: control.token), at: time)
    }

    /// There is something in the mailbox.
    func mailCame() {
        guard control.machine?.isReady == true else { return }
        wakeEngine(after: Int64.random(in: 1_000...1_000_000, using: &random))
    }

    func engineWakes(_ token: Int) {
        guard token == control.token, control.machine?.isReady == true else { return }
        control.wakesAt = nil
        control.tickIdle(until: now)
        control.tick(at: now)
        step()
        turnValves()
        planWake()
    }

    /// One turn of the loop.
    private func step() {
        guard let machine = control.machine else { return }
        let isRecovering = !machine.retained.isEmpty
        let events = control.mailbox.take(max(0, scenario.batch - machine.retained.count))
        let moment = control.moment(at: now)
        let isDue = machine.nextDeadline.map { $0 <= moment.monotonic } ?? false
        guard control.isFirstStep || isRecovering || isDue || !events.isEmpty else { return }
        control.isFirstStep = false
        countStep()
        trace.note(
            now, 4, Int64(events.count), text: "the engine steps: \(events.map(Self.text).joined(separator: "; "))")
        checkRetained(machine.retained)
        let all = machine.retained + events
        checkDeadSessions(all, moment)
        control.unsettled = all.count { if case .session = $0 { true } else { false } } + control.unsent
        control.unsent = 0
        auditor.stepBegins(all, at: moment.monotonic)
        let effects = control.machine?.step(events, now: moment, random: &engineRandom) ?? []
        for case .commit(let changes) in effects { checkLosses(changes) }
        perform(effects)
    }

    /// When to look for work though nothing comes.
    private func planWake() {
        guard let machine = control.machine, machine.isReady else { return }
        if !machine.retained.isEmpty || !control.mailbox.isEmpty { return wakeEngine(after: 1_000) }
        guard let deadline = machine.nextDeadline else { return }
        let wait = max(0, deadline.nanoseconds - control.moment(at: now).monotonic.nanoseconds)
        wakeEngine(after: control.machineClock.trueDuration(of: wait))
    }

    private func perform(_ effects: [EngineMachine.Effect]) {
        for effect in effects {
            if isTurmoil, scenario.deadlyEffects > 0,
                Int.random(in: 0..<10_000, using: &random) < scenario.deadlyEffects
            {
                return killControlPlane()
            }
            guard control.machine != nil else { return }
            perform(effect)
        }
    }

    private func perform(_ effect: EngineMachine.Effect) {
        switch effect {
        case .commit(let changes): begin(changes)
        case .probe:
            let isBroken = now < control.brokenUntil
            control.isUnwritable = isBroken
            perform(control.machine?.probed(isBroken ? .failure(Self.noRoom) : .success(())) ?? [])
        case .publish:
            control.unsettled = 0
            published()
        case .send(let command):
            if !send(command) {
                if case .send(.launch) = command.action { control.unsent += 1 }
                control.machine?.undelivered(command)
            }
        case .answer(let id, let result): answered(id, result)
        case .suspend(let error): suspend(error)
        case .resume:
            control.isUnwritable = false
            control.mailbox.close(nil)
        case .log(let fact): trace.remark(now, "  \(fact.message)")
        }
    }

    // MARK: - The disk

    private func begin(_ changes: [StateChange]) {
        control.commit = SimulatedCommit(changes: changes, outcome: drawOutcome())
        let isSlow = isTurmoil && Int.random(in: 0..<1000, using: &random) < scenario.slowCommits
        let seconds = Double.random(in: 0.0001...0.002, using: &random) * (isSlow ? 3_000 : 1)
        control.token += 1
        control.wakesAt = nil
        queue.schedule(.commitEnds(token: control.token), at: now + .seconds(seconds))
    }

    private func drawOutcome() -> SimulatedCommit.Outcome {
        if now < control.brokenUntil { return .failed }
        guard isTurmoil else { return .taken }
        let number = Int.random(in: 0..<1000, using: &random)
        if number < scenario.failingCommits { return .failed }
        if number < scenario.failingCommits + scenario.lostCommits { return .lost(isTaken: random.chance(50)) }
        return .taken
    }

    func commitEnds(_ token: Int) {
        guard token == control.token, let commit = control.commit else { return }
        control.commit = nil
        countStep()
        switch commit.outcome {
        case .taken:
            report.counts.commits += 1
            control.isUnwritable = false
            store(commit.changes)
            perform(control.machine?.committed(.success(())) ?? [])
        case .failed:
            report.counts.failedCommits += 1
            perform(control.machine?.committed(.failure(Self.noRoom)) ?? [])
        case .lost(let isTaken):
            report.counts.failedCommits += 1
            if isTaken { store(commit.changes) }
            perform(control.machine?.committed(.failure(Self.outcomeLost)) ?? [])
        }
        goOn()
    }

    /// The loop goes on. Waiting for the disk, and for a store that takes writes again, was a standstill.
    private func goOn() {
        if control.machine?.isReady == true { control.tick(at: now) }
        turnValves()
        planWake()
    }

    private func store(_ changes: [StateChange]) {
        control.image.apply(changes)
        trace.note(now, 5, Int64(changes.count), text: "stored: \(changes.map(Self.text).joined(separator: "; "))")
        for change in changes { Self.mix(change, into: &trace) }
        if let (check, problem) = auditor.stored(changes) { fail(check, problem) }
    }

    private func suspend(_ error: StoreError) {
        control.isUnwritable = true
        trace.note(now, 6, text: "the store fails: \(error.message)")
        control.mailbox.close(.unwritable(error.message))
        for id in control.mailbox.takeRequests() { workload.asked[id] = nil }
        control.token += 1
        let wait = isTurmoil ? Int64.random(in: 100_000_000...1_500_000_000, using: &random) : 1_000_000_000
        queue.schedule(.engineRetries(token: control.token), at: now + wait)
    }

    func engineRetries(_ token: Int) {
        guard token == control.token, control.machine?.isReady == false, control.commit == nil else { return }
        countStep()
        perform(control.machine?.retry() ?? [])
        goOn()
    }

    // MARK: - Out

    /// Whether it was sent: not where the connection has ended.
    private func send(_ command: OrionScheduler.Command) -> Bool {
        if control.isUnwritable { fail(.commits, "something is sent though the last commit failed") }
        guard let handle = control.mailbox.connection(command.session) as? SimulatedHandle else { return false }
        let connection = handle.connection
        auditor.sent(command)
        switch command.action {
        case .send(let message):
            trace.remark(now, "  to \(nodes[connections[connection].node].id): \(Self.text(message))")
            if let (check, problem) = auditor.sent(message, to: nodes[connections[connection].node].id) {
                fail(check, problem)
            }
            if case .welcome = message { connections[connection].isWelcome = true }
            guard connections[connection].control.state == .open else { return false }
            send(.control(message), connection, to: .agent)
        case .close(let code, let reason):
            trace.note(now, 7, Int64(code), text: "  closes session \(command.session): \(code) \(reason)")
            controlBeginsClosing(connection)
        case .probe: beginProbe(connection)
        }
        return true
    }

    /// Pauses and resumes reading, in the order of the sessions: the mailbox's own is by chance.
    private func turnValves() {
        guard control.machine != nil else { return }
        var valves: [(connection: Int, isPaused: Bool)] = []
        var isFirst = true
        while let valve = control.mailbox.nextValve(isFirst: isFirst) {
            isFirst = false
            guard let handle = valve.connection as? SimulatedHandle else { continue }
            valves.append((handle.connection, valve.isPaused))
        }
        for valve in valves.sorted(by: { $0.connection < $1.connection }) {
            setReading(valve.connection, isPaused: valve.isPaused)
        }
    }
}
