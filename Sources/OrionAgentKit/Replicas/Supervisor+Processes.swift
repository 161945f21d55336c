import Dispatch
import Glibc
import OrionCore

extension Supervisor {
    // MARK: - Starting

    func pickPorts(_ id: ReplicaID, _ service: ServiceSpecification, _ held: Set<Int>) {
        do throws(LaunchError) {
            let ports = try PortPicker.ports(for: service, held: held)
            perform(machine.portsPicked(id, ports))
        } catch {
            perform(machine.couldNotStart(id, nil, StartFailure(.node, error.message)))
        }
    }

    /// On a queue of its own: a workspace that hangs keeps nothing from being stopped.
    func spawn(_ record: LedgerRecord) {
        spawning.async {
            let outcome = self.child(for: record)
            self.post { $0.spawned(record.id, outcome) }
        }
    }

    private func spawned(_ id: ReplicaID, _ outcome: Result<GatedProcess, StartFailure>) {
        switch outcome {
        case .success(let child):
            gated[id] = child
            perform(machine.spawned(id, child.identity))
            // It was stopped meanwhile, and its cgroup may have been cleared before there was any.
            if !isLive(id) { containment.clear(id, hasRun: false, on: executor.queue) {} }
        case .failure(let failure):
            perform(machine.couldNotStart(id, nil, failure))
        }
    }

    nonisolated private func child(for record: LedgerRecord) -> Result<GatedProcess, StartFailure> {
        let folder = folder(of: record.id)
        var request: ProcessRequest
        do throws(LaunchError) {
            request = try launcher.request(for: record, folder: folder)
        } catch {
            return .failure(StartFailure(.service, error.message))
        }
        guard FileTree.make(folder.path, mode: 0o700) else {
            return .failure(StartFailure(.node, "cannot make \(folder.path): \(describe(errno: errno))"))
        }
        do throws(SpawnError) {
            request.cgroup = try containment.cgroup(for: record.id)
            return .success(try GatedProcess(request))
        } catch {
            return .failure(StartFailure(error))
        }
    }

    func release(_ id: ReplicaID) {
        guard let child = gated[id] else { return }
        guardLease(of: id)
        child.release(on: executor.queue) { outcome in
            self.assumeIsolated { $0.released(id, child, outcome) }
        }
    }

    private func released(_ id: ReplicaID, _ child: GatedProcess, _ outcome: Result<WatchedProcess, SpawnError>) {
        guard gated[id] === child else { return }
        gated[id] = nil
        switch outcome {
        case .success(let process):
            processes[id] = process
            perform(machine.started(id, child.identity, Now.read()))
        case .failure(let error):
            perform(machine.couldNotStart(id, child.identity, StartFailure(error)))
        }
    }

    // MARK: - Ending

    func signal(_ id: ReplicaID, _ signal: Signal) {
        // One that hangs between its gate and its program has no group yet.
        if let process = processes[id] { process.signalGroup(signal) } else { gated[id]?.kill() }
    }

    func watch(_ id: ReplicaID) {
        guard let process = processes[id] else { return }
        process.onExit(on: executor.queue) { status in
            self.assumeIsolated { $0.perform($0.machine.exited(id, process.identity, status, Now.read())) }
        }
    }

    func clearGroup(_ id: ReplicaID, _ leader: ProcessIdentity?) {
        // Under an earlier agent: its group is not known any more, but what it has started is.
        guard let process = processes[id] else { return groupEmptied(id, hasRun: leader?.mayBeOfThisBoot ?? false) }
        if process.isGroupEmpty(thoroughly: false) { return groupEmptied(id, hasRun: true) }
        process.killGroup()
        awaitEmptyGroup(id)
    }

    func awaitEmptyGroup(_ id: ReplicaID) {
        guard let process = processes[id] else { return groupEmptied(id, hasRun: false) }
        process.onGroupEmpty(on: executor.queue) {
            self.assumeIsolated { supervisor in
                if supervisor.processes[id] === process { supervisor.groupEmptied(id, hasRun: true) }
            }
        }
    }

    /// Ends what has left the group, and only then says that nothing is left.
    private func groupEmptied(_ id: ReplicaID, hasRun: Bool) {
        let process = processes[id]
        containment.clear(id, hasRun: hasRun, on: executor.queue) {
            self.assumeIsolated { supervisor in
                guard supervisor.processes[id] === process else { return }
                supervisor.processes[id] = nil
                supervisor.perform(supervisor.machine.groupEmptied(id))
            }
        }
    }
}
