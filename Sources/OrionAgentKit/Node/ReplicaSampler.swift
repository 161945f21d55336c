import Glibc
import OrionCore

/// How much each replica uses: the sum over the processes of its session, in whatever group they are, found by one walk over all
/// processes, which costs about 6 µs for each. Memory is resident memory; pages that processes share are counted in each.
struct ReplicaSampler {
    private struct Member: Hashable {
        var pid: Int32
        var startTicks: UInt64
    }

    private var before: (ticks: [Member: UInt64], at: ContinuousClock.Instant)?

    /// The use of each since the last sample; no cpu in the first. Without any, costs nothing.
    mutating func sample(_ sessions: [Int32: ReplicaID], at now: ContinuousClock.Instant) -> [ReplicaID: Usage] {
        sample(sessions, sessions.isEmpty ? [] : (try? ProcessTable.all()) ?? [], at: now)
    }

    /// The same over a walk that was made before.
    mutating func sample(
        _ sessions: [Int32: ReplicaID], _ processes: [ProcessStatus], at now: ContinuousClock.Instant
    ) -> [ReplicaID: Usage] {
        var sums: [ReplicaID: (ticks: UInt64, pages: Int64)] = sessions.values.reduce(into: [:]) { $0[$1] = (0, 0) }
        var ticks: [Member: UInt64] = [:]
        for process in processes where !process.isZombie {
            guard let id = sessions[process.session] else { continue }
            let member = Member(pid: process.pid, startTicks: process.startTicks)
            ticks[member] = process.cpuTicks
            // One that is new since the last sample has used all of its time since then.
            let used = before.map { process.cpuTicks &- min(process.cpuTicks, $0.ticks[member] ?? 0) } ?? 0
            sums[id, default: (0, 0)].ticks += used
            sums[id, default: (0, 0)].pages += process.residentPages
        }
        let elapsed = before.map { now - $0.at } ?? .zero
        before = (ticks, now)
        let ticksPerSecond = Double(max(1, sysconf(Int32(_SC_CLK_TCK))))
        let pageBytes = Double(sysconf(Int32(_SC_PAGESIZE)))
        return sums.mapValues { sum in
            Usage(
                cpu: CPUShare.percent(seconds: Double(sum.ticks) / ticksPerSecond, of: elapsed),
                memory: Double(sum.pages) * pageBytes)
        }
    }
}
