import Dispatch
import OrionCore

/// Checks replicas when that is due, and says what changed: a shell around the schedule and a machine for each replica.
///
/// On a queue of its own, so that 200 checks a second are nothing that the supervisor notices while nothing changes.
actor HealthChecker {
    private struct Patient {
        let target: HealthTarget
        let changed: @Sendable (HealthMachine.Event) -> Void
        var machine: HealthMachine
    }

    private struct Run {
        let begun: ContinuousClock.Instant
        let end: @Sendable () -> Void
    }

    nonisolated let executor = QueueExecutor(label: "orion.health")
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private let probe: any HealthProbe
    private var schedule: HealthSchedule
    private var patients: [ReplicaID: Patient] = [:]
    private var running: [HealthSchedule.Check: Run] = [:]
    /// When it will look next, by the timer that is set.
    private var nextLook: ContinuousClock.Instant?
    private var whenIdle: [CheckedContinuation<Void, Never>] = []

    init(probe: any HealthProbe, schedule: HealthSchedule = HealthSchedule()) {
        self.probe = probe
        self.schedule = schedule
    }

    /// Checks a replica from now on, in that way alone, and says what changes, on the checker's queue.
    nonisolated func begin(_ target: HealthTarget, _ changed: @escaping @Sendable (HealthMachine.Event) -> Void) {
        executor.queue.async { self.assumeIsolated { $0.add(target, changed) } }
    }

    /// Checks a replica no more: a check that runs is ended.
    nonisolated func end(_ id: ReplicaID) {
        executor.queue.async { self.assumeIsolated { $0.remove(id) } }
    }

    /// Checks nothing any more; returns once every check that runs has ended, or so many seconds later.
    func endAll(withinSeconds seconds: Int = 2) async {
        for id in Array(patients.keys) { remove(id) }
        executor.queue.asyncAfter(deadline: .now() + .seconds(seconds)) { self.assumeIsolated { $0.idle() } }
        if !running.isEmpty { await withCheckedContinuation { whenIdle.append($0) } }
    }

    private func add(_ target: HealthTarget, _ changed: @escaping @Sendable (HealthMachine.Event) -> Void) {
        remove(target.id)
        let timing = HealthTiming(target.check, of: target.id, start: target.start)
        let machine = HealthMachine(
            target.check, startPeriodEnd: timing.startPeriodEnd, hasPassed: target.hasPassed)
        patients[target.id] = Patient(target: target, changed: changed, machine: machine)
        schedule.add(target.id, timing, isWaiting: machine.isWaiting, now: ContinuousClock.now)
        setTimer()
    }

    private func remove(_ id: ReplicaID) {
        guard patients.removeValue(forKey: id) != nil else { return }
        if let check = schedule.remove(id) { running[check]?.end() }
    }

    private func look() {
        let now = ContinuousClock.now
        for check in schedule.begin(now) {
            guard let patient = patients[check.replica] else { continue }
            let end = probe.look(at: patient.target) { outcome in
                self.executor.queue.async { self.assumeIsolated { $0.ended(check, outcome) } }
            }
            running[check] = Run(begun: now, end: end)
        }
        setTimer()
    }

    private func ended(_ check: HealthSchedule.Check, _ outcome: HealthOutcome) {
        guard let run = running.removeValue(forKey: check) else { return }
        let id = check.replica
        if schedule.isCurrent(check), let event = patients[id]?.machine.ended(outcome, begun: run.begun) {
            patients[id]?.changed(event)
        }
        schedule.ended(check, isWaiting: patients[id]?.machine.isWaiting ?? false, now: ContinuousClock.now)
        look()
        if running.isEmpty { idle() }
    }

    private func idle() {
        let waiting = whenIdle
        whenIdle = []
        for continuation in waiting { continuation.resume() }
    }

    /// One that is set for later, or for what is due no more, looks in vain.
    private func setTimer() {
        guard let due = schedule.nextDue, nextLook.map({ due < $0 }) ?? true else { return }
        nextLook = due
        executor.queue.asyncAfter(deadline: .after(due - ContinuousClock.now)) { [weak self] in
            self?.assumeIsolated { checker in
                if checker.nextLook == due { checker.nextLook = nil }
                checker.look()
            }
        }
    }
}
