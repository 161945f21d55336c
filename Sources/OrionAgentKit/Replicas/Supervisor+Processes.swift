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

    func spawn(_ record: LedgerRecord) {
        switch child(for: record) {
        case .success(let child):
            gated[record.id] = child
            perform(machine.spawned(record.id, child.identity))
        case .failure(let failure):
            perform(machine.couldNotStart(record.id, nil, failure))
        }
    }

    private func child(for record: LedgerRecord) -> Result<GatedProcess, StartFailure> {
        let folder = folder(of: record.id)
        let request: ProcessRequest
        do throws(LaunchError) {
            request = try launcher.request(for: record, folder: folder)
        } catch {
            return .failure(StartFailure(.service, error.message))
        }
        guard FileTree.make(folder.path, mode: 0o700) else {
            return .failure(StartFailure(.node, "cannot make \(folder.path): \(describe(errno: errno))"))
        }
        do throws(SpawnError) {
            return .success(try GatedProcess(request))
        } catch {
            return .failure(StartFailure(error))
        }
    }

    func release(_ id: ReplicaID) {
        guard let child = gated[id] else { return }
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

    func watch(_ id: ReplicaID) {
        guard let process = processes[id] else { return }
        process.onExit(on: executor.queue) { status in
            self.assumeIsolated { $0.perform($0.machine.exited(id, process.identity, status, Now.read())) }
        }
    }

    func clearGroup(_ id: ReplicaID, _ leader: ProcessIdentity?) {
        if let process = processes[id] {
            if process.isGroupEmpty(thoroughly: false) { return groupEmptied(id) }
            process.killGroup()
            return awaitEmptyGroup(id)
        }
        guard let orphans = leader?.leftovers(marker: Launcher.marker(of: id)) else { return groupEmptied(id) }
        clear(orphans, of: id, pauseMilliseconds: 1)
    }

    /// Kills, and looks again, until nothing is left of a group whose leader ended under an earlier agent.
    private func clear(_ orphans: OrphanedGroup, of id: ReplicaID, pauseMilliseconds: Int) {
        if machine.isDetached { return }
        if orphans.isEmpty() { return groupEmptied(id) }
        orphans.kill()
        executor.queue.asyncAfter(deadline: .now() + .milliseconds(pauseMilliseconds)) {
            self.assumeIsolated { $0.clear(orphans, of: id, pauseMilliseconds: min(pauseMilliseconds * 2, 500)) }
        }
    }

    func awaitEmptyGroup(_ id: ReplicaID) {
        guard let process = processes[id] else { return groupEmptied(id) }
        process.onGroupEmpty(on: executor.queue) {
            self.assumeIsolated { supervisor in
                if supervisor.processes[id] === process { supervisor.groupEmptied(id) }
            }
        }
    }

    private func groupEmptied(_ id: ReplicaID) {
        processes[id] = nil
        perform(machine.groupEmptied(id))
    }
}
