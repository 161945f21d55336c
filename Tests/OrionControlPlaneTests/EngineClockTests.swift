import OrionScheduler
import Testing

@testable import OrionControlPlane

@Suite struct EngineClockTests {
    let second: Int64 = 1_000_000_000

    @Test func followsTheMachineWhileItTicks() {
        var clock = EngineClock(raw: 5)
        for tick in 1...40 { clock.tick(raw: 5 + Int64(tick) * second / 4) }
        #expect(clock.now(raw: 5 + 10 * second) == Instant(nanoseconds: 10 * second))
        #expect(clock.now(raw: 6 + 10 * second) == Instant(nanoseconds: 10 * second + 1))
    }

    @Test func standsStillWithoutTicksAndNeverGoesBack() {
        var clock = EngineClock(raw: 0)
        var last = Instant.start
        for raw in stride(from: 0, through: 60 * second, by: 100_000_000) {
            #expect(clock.now(raw: raw) >= last)
            last = clock.now(raw: raw)
        }
        #expect(last == Instant(nanoseconds: second / 2))
        clock.tick(raw: 60 * second)
        #expect(clock.now(raw: 60 * second) == last)
        clock.tick(raw: 60 * second + second / 4)
        #expect(clock.now(raw: 60 * second + second / 4) == Instant(nanoseconds: second * 3 / 4))
        // An older reading of the machine's clock, from another thread.
        clock.tick(raw: 59 * second)
        #expect(clock.now(raw: 60 * second) == Instant(nanoseconds: second * 3 / 4))
    }

    @Test func doesNotCountStandstillsAmongThePast() {
        var clock = EngineClock(raw: 0)
        for tick in 1...8 { clock.tick(raw: Int64(tick) * second / 4) }
        // At 2 s it stops for 10 s, of which half a second counts.
        clock.tick(raw: 12 * second)
        for tick in 1...4 { clock.tick(raw: 12 * second + Int64(tick) * second / 4) }
        let raw = 13 * second
        #expect(clock.now(raw: raw) == Instant(nanoseconds: second * 7 / 2))
        #expect(clock.instant(secondsAgo: 0, raw: raw) == clock.now(raw: raw))
        #expect(clock.instant(secondsAgo: 0.5, raw: raw) == Instant(nanoseconds: second * 3))
        #expect(clock.instant(secondsAgo: 1, raw: raw) == Instant(nanoseconds: second * 5 / 2))
        #expect(clock.instant(secondsAgo: 5, raw: raw) == Instant(nanoseconds: second * 5 / 2))
        #expect(clock.instant(secondsAgo: 11, raw: raw) == Instant(nanoseconds: second * 2))
        #expect(clock.instant(secondsAgo: 12, raw: raw) == Instant(nanoseconds: second))
        #expect(clock.instant(secondsAgo: 14, raw: raw) == Instant(nanoseconds: -second))
        #expect(clock.instant(secondsAgo: .infinity, raw: raw) < .start)
    }
}
