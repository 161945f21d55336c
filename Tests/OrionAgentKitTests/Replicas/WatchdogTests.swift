import Glibc
import Testing

@testable import OrionAgentKit

/// That it kills is for AgentProgramTests.
@Suite struct WatchdogTests {
    @Test func runsThroughSuspend() throws {
        #expect(try Watchdog().clock == CLOCK_BOOTTIME)
    }

    @Test func aLimitOnlyBringsItForward() throws {
        let watchdog = try Watchdog()
        let now = ContinuousClock.now
        watchdog.limit(to: now + .seconds(3600))
        watchdog.limit(to: now + .seconds(7200))
        #expect(watchdog.deadline == now + .seconds(3600))
        watchdog.limit(to: now + .seconds(1800))
        #expect(watchdog.deadline == now + .seconds(1800))
        watchdog.set(nil)
        #expect(watchdog.deadline == nil)
    }
}
