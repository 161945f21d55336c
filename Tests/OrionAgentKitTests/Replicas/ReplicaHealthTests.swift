import OrionCore
import Testing

@testable import OrionAgentKit

/// What a replica's machine makes of its checks.
@Suite struct ReplicaHealthTests {
    let identity = ProcessIdentity(pid: 42, startTicks: 7, bootID: "boot")
    let start = ContinuousClock.now
    let refused = HealthMachine.Event.failed("connect to 127.0.0.1:80: refused (3 failed checks in a row)")

    /// So many seconds after the beginning.
    func now(_ seconds: Double = 0) -> Now {
        Now(instant: start + .seconds(seconds), timestamp: Timestamp(milliseconds: Int64(seconds * 1000)))
    }

    func specification(_ change: (inout ServiceSpecification) -> Void = { _ in }) -> SharedSpecification {
        var specification = ServiceSpecification(name: "web")
        specification.health = HealthCheck()
        specification.health?.tcp = HealthCheck.TCP()
        change(&specification)
        return SharedSpecification(specification)
    }

    func record(_ phase: ReplicaPhase, _ change: (inout ServiceSpecification) -> Void = { _ in }) -> LedgerRecord {
        var record = LedgerRecord(
            id: "web-000001", service: "web", fence: nil, specification: specification(change), generation: 3,
            ports: [:])
        record.phase = phase
        record.process = identity
        return record
    }

    /// Its program runs, and no check has ended yet.
    func running(_ change: (inout ServiceSpecification) -> Void = { _ in }) -> ReplicaMachine {
        var machine = ReplicaMachine(record: record(.starting, change))
        _ = machine.launch()
        _ = machine.spawned(identity)
        _ = machine.recorded()
        #expect(machine.started(now()) == [.record, .watch, .report, .beginChecks])
        #expect(machine.record.phase == .running)
        return machine
    }

    func ready(_ change: (inout ServiceSpecification) -> Void = { _ in }) -> ReplicaMachine {
        var machine = running(change)
        #expect(machine.checked(.passed, now(1)) == [.record, .report])
        return machine
    }

    @Test func isReadyOnceAPassSaysSo() throws {
        var machine = running()
        #expect(try #require(machine.healthTarget).start == start)
        #expect(machine.healthTarget?.hasPassed == false)
        #expect(machine.checked(.waiting("connect to 127.0.0.1:80: refused"), now(1)) == [.report])
        #expect(machine.record.phase == .running)
        #expect(machine.record.status.message == "connect to 127.0.0.1:80: refused")
        #expect(machine.checked(.passed, now(2)) == [.record, .report])
        #expect(machine.record.phase == .ready)
        #expect(machine.record.message == nil)
        #expect(machine.healthTarget?.hasPassed == true)
        #expect(machine.checked(.passed, now(3)) == [])
    }

    @Test func anUnhealthyOneIsEndedAndStartedAgain() {
        var machine = ready { $0.stop.gracePeriodSeconds = 7 }
        #expect(
            machine.checked(refused, now(5))
                == [.endChecks, .record, .report, .signal(.terminate), .setTimer(seconds: 7)])
        #expect(machine.record.phase == .unhealthy)
        #expect(machine.record.message == "connect to 127.0.0.1:80: refused (3 failed checks in a row)")
        #expect(machine.healthTarget == nil)
        #expect(machine.checked(.passed, now(6)) == [], "what is decided is decided")
        #expect(machine.timerFired() == [.signal(.kill)])
        // Whatever its exit is, it is none of success.
        #expect(machine.exited(.exited(0), now(12)) == [.record, .report, .setTimer(seconds: 0.1), .clearGroup])
        #expect(machine.record.phase == .backoff)
        #expect(machine.record.message == "connect to 127.0.0.1:80: refused (3 failed checks in a row)")
        _ = machine.groupEmptied()
        #expect(machine.timerFired() == [.report, .spawn])
        #expect(machine.record.restarts == 1)
    }

    @Test func oneThatWasNeverReadyToo() {
        var machine = running()
        #expect(machine.checked(refused, now(30)).contains(.signal(.terminate)))
        #expect(machine.record.phase == .unhealthy)
    }

    @Test func onFailureTakesItForAFailure() {
        var machine = ready { $0.restart.policy = .onFailure }
        _ = machine.checked(refused, now(5))
        _ = machine.exited(.exited(0), now(5))
        #expect(machine.record.phase == .backoff)
    }

    /// Where nothing is restarted it runs on: whoever wants that may want to look at it.
    @Test func neverLetsItRunOn() {
        var machine = ready { $0.restart.policy = .never }
        #expect(machine.checked(refused, now(5)) == [.record, .report])
        #expect(machine.record.phase == .unhealthy)
        #expect(machine.healthTarget?.hasPassed == false)
        #expect(machine.checked(.passed, now(9)) == [.record, .report])
        #expect(machine.record.phase == .ready)
        _ = machine.checked(refused, now(15))
        let restarting = specification { $0.restart.policy = .always }
        #expect(machine.update(restarting, generation: 4, now(20)).contains(.signal(.terminate)))
    }

    @Test func attemptsAreCounted() {
        var machine = ready { $0.restart.maxAttempts = 0 }
        _ = machine.checked(refused, now(5))
        #expect(machine.exited(.signalled(.terminate), now(5)) == [.clearGroup])
        #expect(machine.groupEmptied() == [.recordDurably])
        #expect(machine.record.phase == .failed)
        #expect(
            machine.record.message
                == "given up after 0 restarts (restart.maxAttempts): connect to 127.0.0.1:80: refused (3 failed checks "
                + "in a row)")
    }

    @Test func aLongLifeBeginsTheBackOffAnew() {
        var machine = ready { $0.restart.resetAfterSeconds = 60 }
        for _ in 0..<3 {
            _ = machine.exited(.exited(1), now(5))
            _ = machine.groupEmptied()
            _ = machine.timerFired()
            _ = machine.spawned(identity)
            _ = machine.recorded()
            _ = machine.started(now(10))
        }
        _ = machine.checked(refused, now(80))
        #expect(machine.exited(.signalled(.terminate), now(80)).contains(.setTimer(seconds: 0.1)))
    }

    // MARK: - Orders

    @Test func oneThatStopsIsNotChecked() {
        var machine = ready()
        #expect(machine.stop(graceSeconds: nil, now(5)).first == .endChecks)
        #expect(machine.checked(refused, now(6)) == [])
        #expect(machine.record.phase == .stopping)
        var exited = ready()
        #expect(exited.exited(.exited(1), now(5)).first == .endChecks)
        #expect(exited.checked(.passed, now(6)) == [])
    }

    @Test func anOrderToStopTakesOver() {
        var machine = ready()
        _ = machine.checked(refused, now(5))
        #expect(machine.stop(graceSeconds: 60, now(6)) == [.record, .report], "its first grace period goes on")
        #expect(machine.record.phase == .stopping)
        #expect(machine.timerFired() == [.signal(.kill)])
        _ = machine.exited(.signalled(.kill), now(16))
        #expect(machine.groupEmptied() == [.cancelTimer, .recordDurably])
        #expect(machine.record.phase == .stopped)
        var other = ready()
        _ = other.checked(refused, now(5))
        #expect(other.stop(graceSeconds: 1, now(6)) == [.record, .report, .setTimer(seconds: 1)])
    }

    @Test func anUpdateChangesTheChecks() {
        var machine = ready()
        let same = specification { $0.stop.signal = "SIGINT" }
        #expect(machine.update(same, generation: 4, now(5)) == [.record, .report])
        let other = specification { $0.health?.intervalSeconds = 1 }
        #expect(machine.update(other, generation: 5, now(5)) == [.record, .report, .beginChecks])
        #expect(machine.healthTarget?.check.intervalSeconds == 1)
        #expect(machine.record.phase == .ready)
        let none = specification { $0.health = nil }
        #expect(machine.update(none, generation: 6, now(5)) == [.endChecks, .record, .report])
        #expect(machine.update(other, generation: 7, now(5)) == [.record, .report, .beginChecks])
        #expect(machine.record.phase == .ready, "what was ready stays that until checks say otherwise")
        var waiting = running()
        #expect(waiting.update(none, generation: 6, now(5)) == [.endChecks, .record, .report])
        #expect(waiting.record.phase == .ready)
    }

    // MARK: - The next agent

    @Test func adoptsItAsItWas() {
        var ready = ReplicaMachine(record: record(.ready))
        #expect(ready.adopt(aliveSince: start, now(9)) == [.watch, .report, .beginChecks])
        #expect(ready.healthTarget?.hasPassed == true)
        #expect(ready.healthTarget?.start == start)
        var waiting = ReplicaMachine(record: record(.running))
        #expect(waiting.adopt(aliveSince: start, now(9)) == [.watch, .report, .beginChecks])
        #expect(waiting.healthTarget?.hasPassed == false)
        var starting = ReplicaMachine(record: record(.starting))
        #expect(starting.adopt(aliveSince: start, now(9)) == [.record, .watch, .report, .beginChecks])
        #expect(starting.record.phase == .running)
        var unhealthy = ReplicaMachine(record: record(.unhealthy))
        #expect(
            unhealthy.adopt(aliveSince: start, now(9))
                == [.watch, .endChecks, .record, .report, .signal(.terminate), .setTimer(seconds: 10)])
        var kept = ReplicaMachine(record: record(.unhealthy) { $0.restart.policy = .never })
        #expect(kept.adopt(aliveSince: start, now(9)) == [.watch, .record, .report, .beginChecks])
    }

    @Test func oneThatEndedForItUnwatchedKeepsTheReason() {
        var found = record(.unhealthy)
        found.message = "GET: 503"
        var machine = ReplicaMachine(record: found)
        #expect(machine.adopt(aliveSince: nil, now(9)).contains(.clearGroup))
        #expect(machine.record.phase == .backoff)
        #expect(machine.record.message == "GET: 503")
    }
}
