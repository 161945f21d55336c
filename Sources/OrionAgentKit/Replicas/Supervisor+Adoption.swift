import Glibc
import Logging
import OrionCore

extension Supervisor {
    /// Goes on with what an earlier agent has left: what still runs is watched, what has ended is restarted by its policy.
    func adopt(_ contents: LedgerContents) {
        for reason in contents.damage {
            logger.error("Ledger damaged: the rest of it is used.", metadata: ["reason": "\(reason)"])
        }
        retired = contents.retired
        for record in contents.records.values.sorted(by: { $0.id < $1.id }) { adopt(record) }
        if !replicas.isEmpty {
            let running = replicas.values.count { $0.process != nil }
            logger.info(
                "Adopted the replicas of an earlier agent.",
                metadata: ["running": "\(running)", "ended": "\(replicas.count - running)"])
        }
        collect(Array(retired.values))
        let unknown = (FileTree.names(in: replicasPath) ?? []).filter { name in
            replicas[ReplicaID(rawValue: name)] == nil && retired[ReplicaID(rawValue: name)] == nil
        }
        let strays = StrayReplica.kill(unknown.map { ReplicaFolder(id: $0, path: replicasPath + "/" + $0) })
        for stray in strays {
            logger.error(
                "A process without a record was ended.", metadata: ["replica": "\(stray.id)", "pid": "\(stray.pid)"])
        }
        // Someone may want to read what a lost record's program said.
        guard contents.damage.isEmpty, strays.isEmpty else { return }
        // Made just before the end, and never used.
        for name in unknown { maintenance.remove(replicasPath + "/" + name) }
    }

    private func adopt(_ record: LedgerRecord) {
        var record = record
        record.specification = shared(record.specification)
        let replica = add(record)
        var aliveSince: ContinuousClock.Instant?
        if !record.phase.isFinal, case .adopted(let process)? = record.process?.adopt() {
            replica.process = process
            aliveSince = process.identity.startInstant
        }
        apply(replica) { $0.adopt(aliveSince: aliveSince, Now.read()) }
        // Final ones have nothing to say but in the hello.
        if replica.reported == nil { report(replica) }
    }

    /// The files that the output of running replicas goes to.
    func outputPaths() -> [String] {
        replicas.values.filter { $0.process != nil }.flatMap { [$0.folder.stdoutPath, $0.folder.stderrPath] }
    }

    /// What falls due now and then: old output and old folders.
    func maintain() {
        let paths = outputPaths()
        if !paths.isEmpty { maintenance.trim(paths) }
        collect(Array(retired.values))
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
