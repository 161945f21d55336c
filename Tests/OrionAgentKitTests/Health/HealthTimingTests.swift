import OrionCore
import Testing

@testable import OrionAgentKit

@Suite struct HealthTimingTests {
    let start = ContinuousClock.now

    func timing(
        _ id: ReplicaID = "web-000001", interval: Double = 5, startPeriod: Double = 10
    ) -> HealthTiming {
        var check = HealthCheck()
        check.intervalSeconds = interval
        check.startPeriodSeconds = startPeriod
        return HealthTiming(check, of: id, start: start)
    }

    /// The dues from the start on, in nanoseconds after it.
    func dues(_ timing: HealthTiming, isWaiting: Bool, _ count: Int) -> [Int64] {
        var last = start
        return (0..<count).map { _ in
            last = timing.due(after: last, isWaiting: isWaiting)
            return (last - start).nanoseconds
        }
    }

    @Test func oneIsDueEachIntervalAndNothingDrifts() {
        let dues = dues(timing(), isWaiting: false, 1000)
        #expect((0..<5_000_000_000).contains(dues[0]))
        #expect(zip(dues, dues.dropFirst()).allSatisfy { $1 - $0 == 5_000_000_000 })
    }

    /// Whenever one asks: what is due next does not depend on how late the last check was.
    @Test func latenessMovesNothing() {
        let timing = timing()
        let first = timing.due(after: start, isWaiting: false)
        for late in [0, 1, 4_999_999_999] as [Int64] {
            #expect(timing.due(after: first + .nanoseconds(late), isWaiting: false) == first + .seconds(5))
        }
        #expect(timing.due(after: first + .seconds(5), isWaiting: false) == first + .seconds(10))
        #expect(timing.due(after: first + .seconds(12), isWaiting: false) == first + .seconds(15), "one is left out")
    }

    @Test func theStartPeriodLooksSooner() {
        let waiting = dues(timing(interval: 1000, startPeriod: 10), isWaiting: true, 7)
        #expect(waiting.dropLast() == [100, 300, 700, 1500, 3100, 6300].map { $0 * 1_000_000 }[...])
        #expect(waiting[6] == dues(timing(interval: 1000), isWaiting: false, 1)[0], "then as ever")
        let dense = dues(timing(interval: 0.5, startPeriod: 10), isWaiting: true, 30)
        #expect(zip(dense, dense.dropFirst()).allSatisfy { $0 < $1 && $1 - $0 <= 500_000_000 })
        #expect(dues(timing(startPeriod: 0), isWaiting: true, 9) == dues(timing(), isWaiting: false, 9))
    }

    /// A thousand that began at one instant: no tenth of the interval has more than twice its share.
    @Test func idsSpreadOverTheInterval() {
        var tenths = [Int](repeating: 0, count: 10)
        for number in 0..<1000 {
            let id = ReplicaID(service: "web", fence: Fence(rawValue: UInt64(number)))
            tenths[Int(dues(timing(id), isWaiting: false, 1)[0] / 500_000_000)] += 1
        }
        #expect(tenths.allSatisfy { (50...200).contains($0) }, "\(tenths)")
    }

    @Test func absurdNumbersAreNoTrap() {
        for (interval, period) in [(0, 0), (-1, -1), (1e300, 1e300), (Double.nan, .infinity)] {
            let timing = timing(interval: interval, startPeriod: period)
            #expect(timing.due(after: start + .seconds(1), isWaiting: true) > start + .seconds(1))
        }
    }
}
