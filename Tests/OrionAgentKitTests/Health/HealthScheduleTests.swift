import Glibc
import OrionCore
import OrionTesting
import Testing

@testable import OrionAgentKit

@Suite struct HealthScheduleTests {
    let start = ContinuousClock.now

    func id(_ number: Int) -> ReplicaID { ReplicaID(service: "web", fence: Fence(rawValue: UInt64(number))) }

    func timing(_ id: ReplicaID, interval: Double = 5) -> HealthTiming {
        var check = HealthCheck()
        check.intervalSeconds = interval
        check.startPeriodSeconds = 0
        return HealthTiming(check, of: id, start: start)
    }

    @Test func beginsWhatIsDueAndNothingElse() throws {
        var schedule = HealthSchedule()
        #expect(schedule.nextDue == nil)
        schedule.add(id(1), timing(id(1)), isWaiting: true, now: start)
        let due = try #require(schedule.nextDue)
        #expect(schedule.begin(due - .nanoseconds(1)).isEmpty)
        let checks = schedule.begin(due)
        #expect(checks.map(\.replica) == [id(1)])
        #expect(schedule.nextDue == nil, "a replica has one check at a time")
        #expect(schedule.begin(due + .seconds(100)).isEmpty)
        schedule.ended(checks[0], isWaiting: true, now: due + .seconds(1))
        #expect(schedule.nextDue == due + .seconds(5))
    }

    /// What fell due while a check ran is left out, and the rhythm stays.
    @Test func aSlowCheckLeavesOutWhatFellDueMeanwhile() throws {
        var schedule = HealthSchedule()
        schedule.add(id(1), timing(id(1)), isWaiting: false, now: start)
        let due = try #require(schedule.nextDue)
        let check = schedule.begin(due)[0]
        schedule.ended(check, isWaiting: false, now: due + .seconds(11))
        #expect(schedule.nextDue == due + .seconds(15))
    }

    @Test func aFullScheduleTakesTheLongestOverdueNext() throws {
        var schedule = HealthSchedule(maximumRunning: 2)
        for number in 0..<20 { schedule.add(id(number), timing(id(number)), isWaiting: false, now: start) }
        let order = (0..<20).map(id).sorted {
            timing($0).due(after: start, isWaiting: false) < timing($1).due(after: start, isWaiting: false)
        }
        let late = start + .seconds(5)
        var running = schedule.begin(late)
        var begun = running.map(\.replica)
        while begun.count < 20 {
            #expect(schedule.runningCount == 2)
            #expect(schedule.nextDue == nil)
            schedule.ended(running.removeFirst(), isWaiting: false, now: late)
            let next = schedule.begin(late)
            running += next
            begun += next.map(\.replica)
        }
        #expect(begun == order)
    }

    /// A check of a replica that is gone, or has been started again, says nothing any more; but it holds its place.
    @Test func whatEndsLateCountsForNothing() throws {
        var schedule = HealthSchedule(maximumRunning: 1)
        schedule.add(id(1), timing(id(1)), isWaiting: true, now: start)
        let old = schedule.begin(start + .seconds(5))[0]
        let ended = schedule.remove(id(1))
        #expect(ended == old)
        schedule.add(id(1), timing(id(1)), isWaiting: true, now: start + .seconds(5))
        #expect(!schedule.isCurrent(old))
        #expect(schedule.begin(start + .seconds(20)).isEmpty)
        schedule.ended(old, isWaiting: true, now: start + .seconds(20))
        let new = schedule.begin(start + .seconds(20))
        #expect(new.count == 1)
        #expect(schedule.isCurrent(new[0]))
    }

    /// A thousand replicas whose every check takes its whole timeout: sixty-four at a time, and none is looked at twice
    /// before another's turn.
    @Test func aThousandSlowOnesShareAlike() throws {
        var schedule = HealthSchedule()
        let ids = (0..<1000).map(id)
        for id in ids { schedule.add(id, timing(id), isWaiting: false, now: start) }
        var counts: [ReplicaID: Int] = [:]
        var ending: [(at: ContinuousClock.Instant, check: HealthSchedule.Check)] = []
        var now = start
        while now < start + .seconds(400) {
            while let first = ending.first, first.at <= now {
                schedule.ended(first.check, isWaiting: false, now: now)
                ending.removeFirst()
            }
            for check in schedule.begin(now) {
                counts[check.replica, default: 0] += 1
                ending.append((now + .seconds(2), check))
            }
            #expect(schedule.runningCount <= 64)
            // Whatever comes first: an end, or what falls due.
            now = [ending.first?.at, schedule.nextDue].compactMap { $0 }.min() ?? now
        }
        let least = try #require(ids.map { counts[$0] ?? 0 }.min())
        let most = try #require(counts.values.max())
        // 200 rounds of 64 make 12.8 turns for each.
        #expect(least >= 12 && most - least <= 1, "\(least) to \(most)")
    }

    /// A little more falls due than can be done, and now and then all stands still.
    @Test(arguments: seeds()) func tooMuchLeavesNoneBehind(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var schedule = HealthSchedule()
        let ids = (0..<300).map(id)
        for id in ids { schedule.add(id, timing(id, interval: 0.1), isWaiting: false, now: start) }
        let each = Duration.microseconds(Int.random(in: 300...700, using: &random))
        var counts: [ReplicaID: Int] = [:]
        var open: [HealthSchedule.Check] = []
        var now = start
        for _ in 0..<30_000 {
            for check in schedule.begin(now) {
                counts[check.replica, default: 0] += 1
                open.append(check)
            }
            guard !open.isEmpty else {
                now = try #require(schedule.nextDue)
                continue
            }
            now += Int.random(in: 0..<3000, using: &random) == 0 ? .milliseconds(250) : each
            schedule.ended(open.removeFirst(), isWaiting: false, now: now)
        }
        let least = try #require(ids.map { counts[$0] ?? 0 }.min())
        let most = try #require(counts.values.max())
        #expect(least > 0 && most <= 2 * least + 2, "\(least) to \(most); ORION_SEED=\(seed)")
    }

    @Test(arguments: seeds()) func randomHistoriesKeepTheRules(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let maximum = Int.random(in: 1...5, using: &random)
        var schedule = HealthSchedule(maximumRunning: maximum)
        var known: [ReplicaID: HealthTiming] = [:]
        /// By a plain list: when each replica that has no running check is due.
        var dues: [ReplicaID: ContinuousClock.Instant] = [:]
        var running: [HealthSchedule.Check] = []
        var now = start
        for _ in 0..<2000 {
            let subject = id(Int.random(in: 0..<12, using: &random))
            switch Int.random(in: 0..<10, using: &random) {
            case 0:
                let timing = timing(subject, interval: Double(Int.random(in: 1...8, using: &random)))
                _ = schedule.remove(subject)
                schedule.add(subject, timing, isWaiting: false, now: now)
                known[subject] = timing
                dues[subject] = timing.due(after: now, isWaiting: false)
            case 1:
                _ = schedule.remove(subject)
                known[subject] = nil
                dues[subject] = nil
            case 2...4:
                guard let index = running.indices.randomElement(using: &random) else { continue }
                let check = running.remove(at: index)
                let isCurrent = schedule.isCurrent(check)
                schedule.ended(check, isWaiting: false, now: now)
                if isCurrent { dues[check.replica] = known[check.replica]?.due(after: now, isWaiting: false) }
            default:
                now += .milliseconds(Int.random(in: 0...1500, using: &random))
                for check in schedule.begin(now) {
                    let known = dues.removeValue(forKey: check.replica)
                    let due = try #require(known, "ORION_SEED=\(seed)")
                    #expect(due <= now, "ORION_SEED=\(seed)")
                    #expect(dues.values.allSatisfy { due <= $0 }, "the longest overdue first; ORION_SEED=\(seed)")
                    running.append(check)
                }
                #expect(
                    running.count == maximum || dues.values.allSatisfy { $0 > now },
                    "no room is left empty; ORION_SEED=\(seed)")
            }
            #expect(schedule.runningCount == running.count, "ORION_SEED=\(seed)")
            #expect(running.count <= maximum, "ORION_SEED=\(seed)")
            #expect(
                schedule.nextDue == (running.count < maximum ? dues.values.min() : nil), "ORION_SEED=\(seed)")
        }
    }

    static func seeds() -> [UInt64] {
        if let text = getenv("ORION_SEED"), let seed = UInt64(String(cString: text)) { return [seed] }
        return Array(0..<20)
    }
}
