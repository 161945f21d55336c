package import OrionCore

/// One replica's life on this node, from its launch to its final state: what happened goes in, what is to be done comes
/// out. It knows no clock, process or disk.
///
/// starting → (running →) ready → (backoff → starting → …)* → stopped, succeeded or failed; `running` and `unhealthy` are
/// for those that are checked. `restarts` never falls, and nothing follows a final state, which is told once it is on disk.
package struct ReplicaMachine: Sendable {
    /// What is known of it, and kept across agents.
    package internal(set) var record: LedgerRecord
    /// Where it stands; finer than what is told to the control plane.
    package internal(set) var stage = Stage.spawning
    /// Its lease does not end before; nil where it has been the same since the launch.
    var leaseFloor: ContinuousClock.Instant?
    /// Whether the kernel ends its process with this agent: what a process is started with holds as long as that runs. One
    /// that was adopted has outlived an agent.
    var endsWithAgent = false

    package enum Stage: Hashable, Sendable {
        /// A child is to be forked.
        case spawning
        /// The child waits at its gate for its record to be on disk.
        case recording
        /// The gate is open, the program not known to run yet. With a deadline: it has been told to stop, and to have ended
        /// by then.
        case releasing(stopBy: ContinuousClock.Instant?)
        /// Its process runs, and has since then; nil where nobody knows.
        case running(since: ContinuousClock.Instant)
        /// Its process runs, is unhealthy, and has been told to end by then: it is to start again.
        case replacing(since: ContinuousClock.Instant, deadline: ContinuousClock.Instant)
        /// Its process has ended. It starts again once the rest of the group is gone and the delay over.
        case backoff(isGroupEmpty: Bool, isDelayOver: Bool)
        /// Its process has ended for good. The rest of its group is being killed before anyone is told.
        case ending(ReplicaPhase)
        /// It has been told to stop.
        case stopping(isDead: Bool, deadline: ContinuousClock.Instant)
        /// Nothing runs, and nothing will. Nobody is told before the record that says so is on disk: after a power cut the
        /// next agent would run again what is known to have ended.
        case closing
        /// It has ended, and that is on disk.
        case ended
    }

    package var specification: ServiceSpecification { record.specification.value }

    /// Whether it has, or may have, a process or will have one.
    package var isLive: Bool { stage != .closing && stage != .ended }

    /// Whether its child stands between the fork and the exec.
    package var isGated: Bool {
        switch stage {
        case .recording, .releasing: true
        default: false
        }
    }

    /// Seconds after which a record that must come to disk is written again.
    static let recordAgainSeconds = 1.0

    init(record: LedgerRecord) {
        self.record = record
    }

    // MARK: - Starting

    /// Begins a replica that is new here.
    mutating func launch() -> [ReplicaAction] {
        start()
    }

    /// The child waits at its gate.
    mutating func spawned(_ identity: ProcessIdentity) -> [ReplicaAction] {
        guard stage == .spawning else { return [.abandon] }
        record.process = identity
        endsWithAgent = !specification.disconnect.overlap
        stage = .recording
        return [.recordDurably]
    }

    /// The record is on disk.
    mutating func recorded() -> [ReplicaAction] {
        switch stage {
        case .recording:
            stage = .releasing(stopBy: nil)
            return [.release]
        case .closing:
            stage = .ended
            return [.report]
        default:
            return []
        }
    }

    /// The record could not be written, or not brought to disk.
    mutating func notRecorded(_ reason: String) -> [ReplicaAction] {
        switch stage {
        case .recording: couldNotStart(StartFailure(.node, reason))
        case .closing: [.setTimer(seconds: Self.recordAgainSeconds)]
        default: []
        }
    }

    /// The program runs.
    mutating func started(_ now: Now) -> [ReplicaAction] {
        guard case .releasing(let deadline) = stage else { return [] }
        stage = .running(since: now.instant)
        record.startedAt = now.timestamp
        if let deadline { return [.watch] + stop(graceSeconds: (deadline - now.instant) / .seconds(1), now) }
        record.phase = specification.health == nil ? .ready : .running
        record.exit = nil
        record.message = nil
        return [.record, .watch, .report] + checks(.beginChecks)
    }

    /// The program could not be started: nothing of it ran, and no process is left. Counts as an exit; but what has never
    /// run because of this node ends as `stopped`, so that it is placed anew: its service has not failed.
    mutating func couldNotStart(_ failure: StartFailure) -> [ReplicaAction] {
        guard isGated || stage == .spawning else { return [] }
        record.process = nil
        let phase = failure.cause == .node && record.startedAt == nil ? ReplicaPhase.stopped : .failed
        switch stage {
        case .releasing(stopBy: .some): return [.cancelTimer] + end(.stopped)
        case .recording: return [.abandon] + afterExit(nil, message: failure.message, finally: phase)
        default: return afterExit(nil, message: failure.message, finally: phase)
        }
    }

    // MARK: - Ending by itself

    /// The process has ended; others of its group may be left.
    mutating func exited(_ status: ExitStatus, _ now: Now) -> [ReplicaAction] {
        switch stage {
        case .running(let since):
            resetAttempts(aliveSince: since, now)
            return checks(.endChecks) + afterExit(status, message: nil)
        case .replacing(let since, _):
            resetAttempts(aliveSince: since, now)
            return afterExit(status, message: record.message, isUnhealthy: true)
        case .stopping(false, let deadline):
            record.exit = status
            record.process = nil
            stage = .stopping(isDead: true, deadline: deadline)
            return [.awaitEmptyGroup]
        default:
            return []
        }
    }

    /// No member of the group is left.
    mutating func groupEmptied() -> [ReplicaAction] {
        switch stage {
        case .backoff(false, let isDelayOver):
            stage = .backoff(isGroupEmpty: true, isDelayOver: isDelayOver)
            return isDelayOver ? restart() : []
        case .ending(let phase):
            return end(phase)
        case .stopping(true, _):
            return [.cancelTimer] + end(.stopped)
        default:
            return []
        }
    }

    /// The timer ran out: the back-off is over, or the grace period is.
    mutating func timerFired() -> [ReplicaAction] {
        switch stage {
        case .backoff(let isGroupEmpty, false):
            stage = .backoff(isGroupEmpty: isGroupEmpty, isDelayOver: true)
            return isGroupEmpty ? restart() : []
        case .stopping, .replacing, .releasing(stopBy: .some):
            return [.signal(.kill)]
        case .closing:
            return [.recordDurably]
        default:
            return []
        }
    }

    // MARK: - Orders

    /// Told to stop, with the specification's grace period where the order names none. Told again, it says where it is.
    mutating func stop(graceSeconds: Double?, _ now: Now) -> [ReplicaAction] {
        let grace = max(0, graceSeconds ?? specification.stop.gracePeriodSeconds)
        switch stage {
        case .spawning:
            return end(.stopped)
        case .recording:
            return [.abandon] + end(.stopped)
        case .releasing(let before):
            let deadline = now.instant + .seconds(clamped: grace)
            if let before, before <= deadline { return [.report] }
            stage = .releasing(stopBy: deadline)
            record.phase = .stopping
            return [.record, .report, .setTimer(seconds: grace)]
        case .running:
            return beginStopping(graceSeconds: grace, now)
        case .replacing(_, let deadline):
            // It has had its signal.
            record.phase = .stopping
            stage = .stopping(isDead: false, deadline: deadline)
            return [.record] + stop(graceSeconds: grace, now)
        case .backoff(let isGroupEmpty, _):
            guard !isGroupEmpty else { return [.cancelTimer] + end(.stopped) }
            record.phase = .stopping
            stage = .ending(.stopped)
            return [.cancelTimer, .record, .report]
        case .stopping(let isDead, let deadline):
            let sooner = now.instant + .seconds(clamped: grace)
            guard sooner < deadline else { return [.report] }
            stage = .stopping(isDead: isDead, deadline: sooner)
            return [.report, .setTimer(seconds: grace)]
        case .ending, .closing, .ended:
            return [.report]
        }
    }

    // MARK: - Private

    private mutating func start() -> [ReplicaAction] {
        stage = .spawning
        record.phase = .starting
        record.process = nil
        return [.report, .spawn]
    }

    private mutating func restart() -> [ReplicaAction] {
        record.restarts += 1
        return start()
    }

    private mutating func beginStopping(graceSeconds: Double, _ now: Now) -> [ReplicaAction] {
        record.phase = .stopping
        stage = .stopping(isDead: false, deadline: now.instant + .seconds(clamped: graceSeconds))
        // Written down first: an agent that finds it stopping goes on with that.
        return checks(.endChecks)
            + [.record, .report, .signal(endingSignal(graceSeconds: graceSeconds)), .setTimer(seconds: graceSeconds)]
    }

    /// What its process is told to end with.
    func endingSignal(graceSeconds: Double) -> Signal {
        graceSeconds > 0 ? Signal(name: specification.stop.signal) ?? .terminate : .kill
    }

    private mutating func resetAttempts(aliveSince: ContinuousClock.Instant, _ now: Now) {
        let reset = Duration.seconds(clamped: specification.restart.resetAfterSeconds)
        if now.instant - aliveSince >= reset { record.attempts = 0 }
    }

    /// What the policy makes of an exit; nil for a program that could not be started.
    ///
    /// - Parameters:
    ///   - phase: the final state of one that is not started again and has not succeeded.
    ///   - isUnhealthy: whether it was made to exit for that: no success, however it went.
    mutating func afterExit(
        _ status: ExitStatus?, message: String?, finally phase: ReplicaPhase = .failed, isUnhealthy: Bool = false
    ) -> [ReplicaAction] {
        let isSuccess = status?.isSuccess == true && !isUnhealthy
        record.exit = status
        record.message = message
        let policy = specification.restart
        let isFinal =
            switch policy.policy {
            case .always: false
            case .onFailure: isSuccess
            case .never: true
            }
        if isFinal {
            return beginEnding(isSuccess ? .succeeded : phase)
        }
        if let maximum = policy.maxAttempts, record.restarts >= maximum {
            let last = message ?? status.map { "it \($0)" } ?? "it ended"
            record.message = "given up after \(maximum) restarts (restart.maxAttempts): \(last)"
            return beginEnding(phase)
        }
        let delay = backoffSeconds(policy)
        record.attempts += 1
        record.phase = .backoff
        stage = .backoff(isGroupEmpty: false, isDelayOver: false)
        return [.record, .report, .setTimer(seconds: delay), .clearGroup]
    }

    /// Doubles with each exit in a row; a day's worth of doublings is enough for any maximum.
    private func backoffSeconds(_ policy: RestartPolicy) -> Double {
        var delay = max(0, policy.initialDelaySeconds)
        let longest = max(0, policy.maxDelaySeconds)
        for _ in 0..<min(record.attempts, 64) where delay < longest { delay *= 2 }
        return min(delay, longest)
    }

    private mutating func beginEnding(_ phase: ReplicaPhase) -> [ReplicaAction] {
        stage = .ending(phase)
        return [.clearGroup]
    }

    private mutating func end(_ phase: ReplicaPhase) -> [ReplicaAction] {
        stage = .closing
        record.phase = phase
        record.process = nil
        return [.recordDurably]
    }
}
