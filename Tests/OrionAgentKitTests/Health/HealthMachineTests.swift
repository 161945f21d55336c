import OrionCore
import Testing

@testable import OrionAgentKit

@Suite struct HealthMachineTests {
    let start = ContinuousClock.now
    let refused = HealthOutcome.failed("connect to 127.0.0.1:80: refused")

    func machine(threshold: Int = 3, hasPassed: Bool = false) -> HealthMachine {
        var check = HealthCheck()
        check.failureThreshold = threshold
        return HealthMachine(check, startPeriodEnd: start + .seconds(10), hasPassed: hasPassed)
    }

    @Test func theFirstPassMakesItHealthy() {
        var machine = machine()
        #expect(machine.isWaiting)
        #expect(machine.ended(.passed, begun: start) == .passed)
        #expect(!machine.isWaiting)
        #expect(machine.ended(.passed, begun: start) == nil)
    }

    @Test func failuresInTheStartPeriodDoNotCount() {
        var machine = machine(threshold: 1)
        #expect(machine.ended(refused, begun: start) == .waiting("connect to 127.0.0.1:80: refused"))
        #expect(machine.ended(refused, begun: start + .seconds(9)) == nil, "nothing new")
        #expect(machine.ended(.failed("GET: 503"), begun: start + .seconds(9.9)) == .waiting("GET: 503"))
        #expect(machine.isWaiting)
        #expect(machine.ended(refused, begun: start + .seconds(10)) == .failed("connect to 127.0.0.1:80: refused"))
    }

    @Test func onesThatNeverPassesFailsAfterTheStartPeriod() {
        var machine = machine()
        let later = start + .seconds(20)
        #expect(machine.ended(refused, begun: start) == .waiting("connect to 127.0.0.1:80: refused"))
        #expect(machine.ended(refused, begun: later) == nil)
        #expect(machine.ended(refused, begun: later) == nil)
        let failed = HealthMachine.Event.failed("connect to 127.0.0.1:80: refused (3 failed checks in a row)")
        #expect(machine.ended(refused, begun: later) == failed)
        #expect(machine.ended(refused, begun: later) == nil, "said once")
    }

    @Test func aPassEndsTheStartPeriod() {
        var machine = machine(threshold: 2)
        #expect(machine.ended(.passed, begun: start) == .passed)
        #expect(machine.ended(refused, begun: start + .seconds(1)) == nil)
        #expect(
            machine.ended(refused, begun: start + .seconds(2))
                == .failed("connect to 127.0.0.1:80: refused (2 failed checks in a row)"))
    }

    @Test func onlyFailuresInARowCount() {
        var machine = machine(threshold: 2, hasPassed: true)
        for _ in 0..<5 {
            #expect(machine.ended(refused, begun: start) == nil)
            #expect(machine.ended(.passed, begun: start) == nil)
        }
        #expect(machine.ended(refused, begun: start) == nil)
        #expect(machine.ended(refused, begun: start) != nil)
        #expect(machine.ended(.passed, begun: start) == .passed, "and it recovers")
        #expect(machine.ended(refused, begun: start) == nil, "with nothing held against it")
    }
}
