import Logging
import OrionCore
import OrionScheduler
import OrionStore
import Synchronization

extension ControlPlane {
    /// Events that wait to be taken in.
    var waiting: Int { inbox.waiting }

    /// Starts from what is stored.
    func load() async throws -> EngineMachine {
        do {
            let stored = try await store.load()
            let state = try ClusterState(loading: stored, options: options.reconciler, now: moment())
            // No news where a start then fails: that is to be one line.
            logger.debug(
                "state loaded",
                metadata: [
                    "cluster": "\(stored.cluster.clusterId)", "services": "\(stored.services.count)",
                    "replicas": "\(stored.replicas.count)",
                ])
            return EngineMachine(state: state, judge: judge)
        } catch {
            let message = (error as? StoreError)?.message ?? (error as? OrionError)?.message ?? "\(error)"
            start.signal(.failure(OrionError(.unavailable, "the state cannot be loaded: \(message)")))
            throw error
        }
    }

    /// The engine: takes what waits, steps, commits, acts; waits when there is nothing.
    func serve(_ machine: EngineMachine) async {
        var machine = machine
        var random: any RandomNumberGenerator = SystemRandomNumberGenerator()
        published.publish(machine.state)
        inbox.open()
        start.signal(.success(()))
        var isFirst = true
        while true {
            if machine.isReady {
                let isRecovering = !machine.retained.isEmpty
                // Also while it recovers: a hello that waits must not be taken for silence. No more than fit in one batch
                // with what was retained, which so never grows beyond one.
                let events = inbox.take(max(0, options.batchLimit - machine.retained.count))
                let now = moment()
                let isDue = machine.nextDeadline.map { $0 <= now.monotonic } ?? false
                if isFirst || isRecovering || isDue || !events.isEmpty {
                    isFirst = false
                    await perform(machine.step(events, now: now, random: &random), &machine)
                    // Where there is one thread for all tasks, a flood must not keep it from the others.
                    await Task.yield()
                    continue
                }
                if inbox.isStopping { return }
                await inbox.wait(alarm: alarm(machine.nextDeadline, now.monotonic))
            } else {
                let time = MachineTime.monotonic() + Int64(options.probeIntervalSeconds * 1e9)
                while !inbox.isStopping, MachineTime.monotonic() < time {
                    await inbox.wait(alarm: time, ignoringEvents: true)
                }
                if inbox.isStopping { return }
                await perform(machine.retry(), &machine)
            }
        }
    }

    private func perform(_ effects: [EngineMachine.Effect], _ machine: inout EngineMachine) async {
        var effects = effects[...]
        while let effect = effects.popFirst() {
            switch effect {
            case .commit(let changes): effects = machine.committed(await commit(changes))[...]
            case .probe: effects = machine.probed(await probe())[...]
            case .publish: published.publish(machine.state)
            case .send(let command): if !send(command) { machine.undelivered(command) }
            case .answer(let id, let result): inbox.answer(id, result)
            case .suspend(let error):
                if case .unwritable = inbox.closure {
                    logger.debug("the state still cannot be written: \(error.message)")
                } else {
                    logger.error("the state cannot be written, nothing is changed until it can: \(error.message)")
                }
                inbox.refuse(.unwritable(error.message))
            case .resume:
                logger.notice("the state can be written again")
                inbox.open()
            case .log(let fact): log(fact)
            }
        }
    }

    private func commit(_ changes: [StateChange]) async -> Result<Void, StoreError> {
        let seconds = options.commitPatienceSeconds
        inbox.commitBegins(patienceSeconds: seconds) { [logger] in
            logger.error("a commit has not ended for \(seconds) s: nothing is changed until it does")
        }
        do {
            try await store.commit(changes)
            if inbox.commitEnds(isTaken: true) { logger.notice("the commit has ended: the state can be written again") }
            return .success(())
        } catch {
            _ = inbox.commitEnds(isTaken: false)
            return .failure(error)
        }
    }

    private func probe() async -> Result<Void, StoreError> {
        do {
            return .success(try await store.probe())
        } catch {
            return .failure(error)
        }
    }

    /// Whether it was sent: not where the connection has ended.
    private func send(_ command: OrionScheduler.Command) -> Bool {
        guard let connection = inbox.connection(command.session) else { return false }
        switch command.action {
        case .send(let message): return connection.send(message)
        case .close(let code, let reason): connection.close(code: code, reason: reason)
        case .probe: connection.probe()
        }
        return true
    }

    private func log(_ fact: Fact) {
        var metadata: Logger.Metadata = [:]
        if let service = fact.service { metadata["service"] = "\(service)" }
        if let replica = fact.replica { metadata["replica"] = "\(replica)" }
        if let node = fact.node { metadata["node"] = "\(node)" }
        logger.log(level: fact.severity == .warning ? .warning : .info, "\(fact.message)", metadata: metadata)
    }

    /// Now; the engine is at work.
    private func moment() -> Moment {
        let raw = MachineTime.monotonic()
        let now = clock.withLock { clock in
            clock.tick(raw: raw)
            return clock.now(raw: raw)
        }
        return Moment(monotonic: now, wall: MachineTime.wall())
    }

    /// When to look again, on the machine's clock: at the deadline, and at each tick.
    private func alarm(_ deadline: Instant?, _ now: Instant) -> Int64 {
        let tick = EngineClock.tickNanoseconds
        let wait = deadline.map { min(max($0.nanoseconds - now.nanoseconds, 0), tick) } ?? tick
        return MachineTime.monotonic() + wait
    }
}
