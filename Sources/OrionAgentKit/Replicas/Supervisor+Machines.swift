import Dispatch
import Glibc
import OrionCore

extension Supervisor {
    /// Runs one transition of a machine, and does what it wants done.
    func apply(_ replica: Replica, _ transition: (inout ReplicaMachine) -> [ReplicaAction]) {
        guard !isDetached else { return }
        let before = (replica.machine.isLive, replica.machine.isGated)
        let actions = transition(&replica.machine)
        count(before, (replica.machine.isLive, replica.machine.isGated))
        for action in actions { perform(action, replica) }
        if liveCount == 0 || gatedCount == 0 { settled() }
    }

    private func count(_ before: (live: Bool, gated: Bool), _ after: (live: Bool, gated: Bool)) {
        liveCount += (after.live ? 1 : 0) - (before.live ? 1 : 0)
        gatedCount += (after.gated ? 1 : 0) - (before.gated ? 1 : 0)
    }

    /// Lets everyone look again who waits for replicas to have settled.
    func settled() {
        let waiting = whenSettled
        whenSettled = []
        for continuation in waiting { continuation.resume() }
    }

    private func perform(_ action: ReplicaAction, _ replica: Replica) {
        switch action {
        case .spawn: spawn(replica)
        case .recordDurably: recordDurably(replica)
        case .record: if let reason = write(replica.record) { warn(replica, reason) }
        case .release: release(replica)
        case .abandon:
            replica.gated?.abandon()
            replica.gated = nil
        case .watch: watch(replica)
        case .signal(let signal): replica.process?.signalGroup(signal)
        case .clearGroup: clearGroup(replica)
        case .awaitEmptyGroup: awaitEmptyGroup(replica)
        case .setTimer(let seconds): setTimer(replica, seconds)
        case .cancelTimer: replica.timer += 1
        case .report: report(replica)
        }
    }

    // MARK: - Starting

    private func spawn(_ replica: Replica) {
        // Only one that detaches has replicas that would start: the next agent starts them.
        if startsNothing { return }
        do {
            try givePorts(replica)
            let request = try launcher.request(for: replica.record, folder: replica.folder)
            guard FileTree.make(replica.folder.path, mode: 0o700) else {
                throw LedgerError.io(errno, "cannot make \(replica.folder.path)")
            }
            let gated = try GatedProcess(request)
            replica.gated = gated
            apply(replica) { $0.spawned(gated.identity) }
        } catch {
            failed(replica, "\(error)")
        }
    }

    private func givePorts(_ replica: Replica) throws(LaunchError) {
        let service = replica.machine.specification
        guard replica.record.ports.count < service.ports.count else { return }
        let given = try PortPicker.ports(for: service, held: Set(ports.keys))
        replica.machine.record.ports = given
        hold(given)
    }

    private func recordDurably(_ replica: Replica) {
        guard let identity = replica.gated?.identity else { return }
        if let reason = write(replica.record) { return failed(replica, reason) }
        let id = replica.id
        ledger.whenDurable { number in
            self.post { $0.recorded(id, identity, number) }
        }
    }

    private func recorded(_ id: ReplicaID, _ identity: ProcessIdentity, _ number: Int32) {
        guard let replica = replicas[id], replica.gated?.identity == identity else { return }
        guard number == 0 else { return failed(replica, "its record cannot be written: \(describe(errno: number))") }
        apply(replica) { $0.recorded() }
    }

    private func release(_ replica: Replica) {
        guard let gated = replica.gated else { return }
        let id = replica.id
        gated.release(on: executor.queue) { outcome in
            self.assumeIsolated { $0.released(id, gated.identity, outcome) }
        }
    }

    private func released(_ id: ReplicaID, _ identity: ProcessIdentity, _ outcome: Result<WatchedProcess, SpawnError>) {
        guard let replica = replicas[id], replica.gated?.identity == identity else { return }
        replica.gated = nil
        switch outcome {
        case .success(let process):
            replica.process = process
            apply(replica) { $0.started(Now.read()) }
        case .failure(let error):
            failed(replica, error.message)
        }
    }

    private func failed(_ replica: Replica, _ reason: String) {
        warn(replica, reason)
        apply(replica) { $0.couldNotStart(reason) }
    }

    // MARK: - Ending

    private func watch(_ replica: Replica) {
        guard let process = replica.process else { return }
        let id = replica.id
        process.onExit(on: executor.queue) { status in
            self.assumeIsolated { supervisor in
                guard let replica = supervisor.replicas[id], replica.process === process else { return }
                supervisor.apply(replica) { $0.exited(status, Now.read()) }
            }
        }
    }

    private func clearGroup(_ replica: Replica) {
        if let process = replica.process {
            if process.isGroupEmpty(thoroughly: false) { return groupEmptied(replica) }
            process.killGroup()
            return awaitEmptyGroup(replica)
        }
        guard let orphans = replica.record.process?.leftovers(marker: Launcher.marker(of: replica.id)) else {
            return groupEmptied(replica)
        }
        clear(orphans, of: replica.id, pauseMilliseconds: 1)
    }

    /// Kills, and looks again, until nothing is left of a group whose leader ended under an earlier agent.
    private func clear(_ orphans: OrphanedGroup, of id: ReplicaID, pauseMilliseconds: Int) {
        guard let replica = replicas[id], !isDetached else { return }
        if orphans.isEmpty() { return groupEmptied(replica) }
        orphans.kill()
        executor.queue.asyncAfter(deadline: .now() + .milliseconds(pauseMilliseconds)) {
            self.assumeIsolated { $0.clear(orphans, of: id, pauseMilliseconds: min(pauseMilliseconds * 2, 500)) }
        }
    }

    private func awaitEmptyGroup(_ replica: Replica) {
        guard let process = replica.process else { return groupEmptied(replica) }
        let id = replica.id
        process.onGroupEmpty(on: executor.queue) {
            self.assumeIsolated { supervisor in
                guard let replica = supervisor.replicas[id], replica.process === process else { return }
                supervisor.groupEmptied(replica)
            }
        }
    }

    private func groupEmptied(_ replica: Replica) {
        replica.process = nil
        apply(replica) { $0.groupEmptied() }
    }

    private func setTimer(_ replica: Replica, _ seconds: Double) {
        replica.timer += 1
        let id = replica.id
        let number = replica.timer
        let delay = Duration.seconds(clamped: seconds).components
        let nanoseconds = Int(delay.seconds) * 1_000_000_000 + Int(delay.attoseconds / 1_000_000_000)
        executor.queue.asyncAfter(deadline: .now() + .nanoseconds(nanoseconds)) {
            self.assumeIsolated { supervisor in
                guard let replica = supervisor.replicas[id], replica.timer == number else { return }
                supervisor.apply(replica) { $0.timerFired() }
            }
        }
    }

    /// Enters the actor from any queue, without a task.
    nonisolated func post(_ body: @escaping @Sendable (isolated Supervisor) -> Void) {
        executor.queue.async { self.assumeIsolated(body) }
    }
}
