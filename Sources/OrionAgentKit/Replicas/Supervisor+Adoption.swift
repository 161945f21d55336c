import Dispatch
import Glibc
import OrionCore

extension Supervisor {
    /// Goes on with what an earlier agent has left: what still runs is watched, what has ended is restarted by its policy.
    /// Throws, before anything is done, where it cannot find out whether a process still runs.
    func adopt(_ contents: LedgerContents) throws(AgentError) {
        var found: [ReplicaID: WatchedProcess] = [:]
        let unended = contents.records.filter { !$1.phase.isFinal }
        for (id, record) in unended {
            switch record.process?.adopt() {
            case .adopted(let process):
                found[id] = process
            case .unknown(let number):
                throw .unseen("replica \(id)", number)
            case .gone, .notOurs, nil:
                continue
            }
        }
        for id in unended.keys { containment.adopt(id, found[id]) }
        processes = found
        let aliveSince = found.mapValues(\.identity.startInstant)
        if contents.records.values.contains(where: { $0.specification.value.health?.exec != nil }) {
            do throws(ProcessTable.Unreadable) {
                try containment.endChecks()
            } catch {
                throw .unseen("a health check", error.errno)
            }
        }
        let folders = FileTree.names(in: replicasPath) ?? []
        perform(machine.adopt(contents, aliveSince: aliveSince, folders: folders, Now.read()))
    }

    /// How soon they are looked for again where that was not possible.
    private static let strayPauseSeconds = 1

    func endStrays() {
        let live = machine.replicas.filter { $1.machine.isLive }.keys
        guard let strays = try? containment.endStrays(except: Set(live), on: executor.queue) else {
            let again = DispatchTime.now() + .seconds(Self.strayPauseSeconds)
            return executor.queue.asyncAfter(deadline: again) { self.assumeIsolated { $0.endStrays() } }
        }
        perform(machine.straysEnded(strays.map { ($0.id, $0.pid) }))
    }
}

extension AgentError {
    fileprivate static func unseen(_ what: String, _ number: Int32) -> AgentError {
        AgentError(
            .processes,
            "cannot see whether \(what) still runs: \(describe(errno: number)): raise the limit (ulimit -n)")
    }
}

extension ProcessIdentity {
    /// When the process was started.
    var startInstant: ContinuousClock.Instant {
        var time = timespec()
        clock_gettime(CLOCK_BOOTTIME, &time)
        let sinceBoot = Duration.seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
        let ticksPerSecond = max(1, sysconf(Int32(_SC_CLK_TCK)))
        let start = Duration.milliseconds(Int64(startTicks) * 1000 / Int64(ticksPerSecond))
        return ContinuousClock.now - max(.zero, sinceBoot - start)
    }
}
