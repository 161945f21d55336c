import OrionCore
import Testing

@testable import OrionAgentKit

@Suite struct ReplicaMachineTests {
    let identity = ProcessIdentity(pid: 42, startTicks: 7, bootID: "boot")
    let start = ContinuousClock.now

    /// So many seconds after the beginning.
    func now(_ seconds: Double = 0) -> Now {
        Now(instant: start + .seconds(seconds), timestamp: Timestamp(milliseconds: Int64(seconds * 1000)))
    }

    func machine(_ change: (inout ServiceSpecification) -> Void = { _ in }) -> ReplicaMachine {
        var specification = ServiceSpecification(name: "web")
        change(&specification)
        return ReplicaMachine(
            record: LedgerRecord(
                id: "web-000001", service: "web", fence: Fence(rawValue: 1),
                specification: SharedSpecification(specification), generation: 3, ports: [:]))
    }

    func running(at seconds: Double = 0, _ change: (inout ServiceSpecification) -> Void = { _ in }) -> ReplicaMachine {
        var machine = machine(change)
        _ = machine.launch()
        run(&machine, at: seconds)
        return machine
    }

    func run(_ machine: inout ReplicaMachine, at seconds: Double) {
        #expect(machine.spawned(identity) == [.recordDurably])
        #expect(machine.recorded() == [.release])
        #expect(machine.started(now(seconds)) == [.record, .watch, .report])
        #expect(machine.record.phase == .ready)
    }

    // MARK: - Starting

    @Test func startsOnlyWhatIsWrittenDown() {
        var machine = machine()
        #expect(machine.launch() == [.report, .spawn])
        #expect(machine.record.phase == .starting)
        #expect(machine.recorded() == [])
        #expect(machine.spawned(identity) == [.recordDurably])
        #expect(machine.record.process == identity)
        #expect(machine.record.phase == .starting)
        #expect(machine.recorded() == [.release])
        #expect(machine.started(now(2)) == [.record, .watch, .report])
        #expect(machine.record.startedAt == Timestamp(milliseconds: 2000))
        #expect(machine.stage == .running(since: now(2).instant))
    }

    @Test func aRecordThatCannotBeWrittenStartsNothing() {
        var machine = machine()
        _ = machine.launch()
        _ = machine.spawned(identity)
        #expect(
            machine.notRecorded("disk full")
                == [.abandon, .record, .report, .setTimer(seconds: 0.1), .clearGroup])
        #expect(machine.record.phase == .backoff)
        #expect(machine.record.message == "disk full")
        #expect(machine.record.process == nil)
        #expect(machine.groupEmptied() == [])
        #expect(machine.timerFired() == [.report, .spawn])
        #expect(machine.record.restarts == 1)
    }

    // MARK: - Restarts

    @Test func backsOffTwiceAsLongEachTime() {
        var machine = running { $0.restart.maxDelaySeconds = 1 }
        for (count, delay) in [0.1, 0.2, 0.4, 0.8, 1, 1].enumerated() {
            #expect(machine.exited(.exited(3), now()) == [.record, .report, .setTimer(seconds: delay), .clearGroup])
            #expect(machine.record.phase == .backoff)
            #expect(machine.record.exit == .exited(3))
            #expect(machine.record.restarts == count)
            #expect(machine.groupEmptied() == [])
            #expect(machine.timerFired() == [.report, .spawn])
            #expect(machine.record.phase == .starting)
            #expect(machine.record.restarts == count + 1)
            run(&machine, at: 0)
            #expect(machine.record.exit == nil)
        }
    }

    @Test func beginsAnewAfterALongLife() {
        var machine = running { $0.restart.resetAfterSeconds = 60 }
        for _ in 0..<3 {
            _ = machine.exited(.exited(1), now(0))
            _ = machine.groupEmptied()
            _ = machine.timerFired()
            run(&machine, at: 100)
        }
        #expect(machine.exited(.exited(1), now(159)).contains(.setTimer(seconds: 0.8)))
        _ = machine.groupEmptied()
        _ = machine.timerFired()
        run(&machine, at: 200)
        #expect(machine.exited(.exited(1), now(260)).contains(.setTimer(seconds: 0.1)))
        #expect(machine.record.restarts == 4)
    }

    @Test func waitsForTheRestOfTheGroupBeforeItStartsAgain() {
        var machine = running()
        _ = machine.exited(.exited(1), now())
        #expect(machine.timerFired() == [])
        #expect(machine.groupEmptied() == [.report, .spawn])
    }

    @Test(arguments: [
        (RestartPolicy.Policy.always, OrionAgentKit.ExitStatus.exited(0), ReplicaPhase.backoff),
        (.always, .exited(1), .backoff), (.onFailure, .exited(0), .succeeded), (.onFailure, .exited(1), .backoff),
        (.onFailure, .signalled(.kill), .backoff), (.onFailure, .unknown, .backoff), (.never, .exited(0), .succeeded),
        (.never, .exited(1), .failed), (.never, .signalled(.kill), .failed), (.never, .unknown, .failed),
    ]) func obeysItsPolicy(_ policy: RestartPolicy.Policy, _ status: OrionAgentKit.ExitStatus, _ phase: ReplicaPhase) {
        var machine = running { $0.restart.policy = policy }
        let actions = machine.exited(status, now())
        if phase == .backoff {
            #expect(machine.record.phase == .backoff)
        } else {
            #expect(actions == [.clearGroup])
            #expect(machine.record.phase == .ready)
            #expect(machine.groupEmptied() == [.recordDurably])
            #expect(machine.record.phase == phase)
            #expect(machine.record.exit == status)
            #expect(!machine.isLive)
        }
    }

    @Test func givesUpAfterItsAttempts() {
        var machine = running { $0.restart.maxAttempts = 1 }
        _ = machine.exited(.exited(1), now())
        _ = machine.groupEmptied()
        _ = machine.timerFired()
        run(&machine, at: 1)
        #expect(machine.exited(.exited(9), now(1)) == [.clearGroup])
        #expect(machine.groupEmptied() == [.recordDurably])
        #expect(machine.record.phase == .failed)
        #expect(machine.record.restarts == 1)
        #expect(machine.record.message == "given up after 1 restarts (restart.maxAttempts): it exited with status 9")
    }

    @Test func aProgramThatCannotBeStartedCountsAsAnExit() {
        var machine = machine { $0.restart.policy = .never }
        _ = machine.launch()
        _ = machine.spawned(identity)
        _ = machine.recorded()
        #expect(machine.couldNotStart(StartFailure(.service, "cannot start node: not found")) == [.clearGroup])
        #expect(machine.groupEmptied() == [.recordDurably])
        #expect(machine.record.phase == .failed)
        #expect(machine.record.message == "cannot start node: not found")
    }

    @Test func whatANodeCannotStartHasNotFailed() {
        var never = machine { $0.restart.policy = .never }
        _ = never.launch()
        #expect(never.couldNotStart(StartFailure(.node, "no space left on device")) == [.clearGroup])
        _ = never.groupEmptied()
        #expect(never.record.phase == .stopped)

        var patient = machine { $0.restart.maxAttempts = 0 }
        _ = patient.launch()
        _ = patient.spawned(identity)
        #expect(patient.notRecorded("no space left on device") == [.abandon, .clearGroup])
        _ = patient.groupEmptied()
        #expect(patient.record.phase == .stopped)

        // It has run: what its policy says of an exit holds.
        var worn = running { $0.restart.maxAttempts = 1 }
        _ = worn.exited(.exited(1), now())
        _ = worn.groupEmptied()
        _ = worn.timerFired()
        _ = worn.couldNotStart(StartFailure(.node, "no process left"))
        _ = worn.groupEmptied()
        #expect(worn.record.phase == .failed)
    }

    // MARK: - Stopping

    @Test func stopsWithItsSignalAndThenByForce() {
        var machine = running {
            $0.stop.signal = "SIGINT"
            $0.stop.gracePeriodSeconds = 5
        }
        #expect(
            machine.stop(graceSeconds: nil, now()) == [.record, .report, .signal(.interrupt), .setTimer(seconds: 5)])
        #expect(machine.record.phase == .stopping)
        #expect(machine.timerFired() == [.signal(.kill)])
        #expect(machine.exited(.signalled(.kill), now()) == [.awaitEmptyGroup])
        #expect(machine.record.phase == .stopping)
        #expect(machine.groupEmptied() == [.cancelTimer, .recordDurably])
        #expect(machine.record.phase == .stopped)
        #expect(machine.record.status.signal == "SIGKILL")
    }

    @Test func isStoppedOnlyWhenItsGroupIsEmpty() {
        var machine = running()
        _ = machine.stop(graceSeconds: 5, now())
        #expect(machine.exited(.exited(0), now()) == [.awaitEmptyGroup])
        #expect(machine.timerFired() == [.signal(.kill)])
        #expect(machine.record.phase == .stopping)
        #expect(machine.groupEmptied() == [.cancelTimer, .recordDurably])
    }

    @Test func stopsAtOnceWithoutAGracePeriod() {
        var machine = running()
        #expect(machine.stop(graceSeconds: 0, now()) == [.record, .report, .signal(.kill), .setTimer(seconds: 0)])
    }

    @Test func aSecondStopCanOnlyHurry() {
        var machine = running()
        _ = machine.stop(graceSeconds: 10, now())
        #expect(machine.stop(graceSeconds: 20, now(1)) == [.report])
        #expect(machine.stop(graceSeconds: 1, now(1)) == [.report, .setTimer(seconds: 1)])
    }

    @Test func stopsWhereverItStands() {
        var waiting = machine()
        _ = waiting.launch()
        _ = waiting.spawned(identity)
        #expect(waiting.stop(graceSeconds: nil, now()) == [.abandon, .recordDurably])
        #expect(waiting.record.phase == .stopped)
        #expect(waiting.recorded() == [.report])
        #expect(waiting.recorded() == [])

        var opening = machine()
        _ = opening.launch()
        _ = opening.spawned(identity)
        _ = opening.recorded()
        #expect(opening.stop(graceSeconds: 3, now()) == [.record, .report, .setTimer(seconds: 3)])
        #expect(opening.record.phase == .stopping)
        var hanging = opening
        #expect(hanging.timerFired() == [.signal(.kill)])
        // What is left of its time.
        #expect(
            opening.started(now(1)) == [.watch, .record, .report, .signal(.terminate), .setTimer(seconds: 2)])

        var failing = machine()
        _ = failing.launch()
        _ = failing.spawned(identity)
        _ = failing.recorded()
        _ = failing.stop(graceSeconds: 3, now())
        #expect(failing.couldNotStart(StartFailure(.service, "not found")) == [.cancelTimer, .recordDurably])
        #expect(failing.record.phase == .stopped)

        var pausing = running()
        _ = pausing.exited(.exited(1), now())
        _ = pausing.groupEmptied()
        #expect(pausing.stop(graceSeconds: nil, now()) == [.cancelTimer, .recordDurably])
        #expect(pausing.record.phase == .stopped)
        #expect(pausing.recorded() == [.report])
        #expect(pausing.timerFired() == [])

        var clearing = running()
        _ = clearing.exited(.exited(1), now())
        #expect(clearing.stop(graceSeconds: nil, now()) == [.cancelTimer, .record, .report])
        #expect(clearing.record.phase == .stopping)
        #expect(clearing.groupEmptied() == [.recordDurably])
        #expect(clearing.record.phase == .stopped)
    }

    @Test func nothingFollowsTheEnd() {
        var machine = running()
        _ = machine.stop(graceSeconds: nil, now())
        _ = machine.exited(.exited(0), now())
        _ = machine.groupEmptied()
        #expect(machine.recorded() == [.report])
        #expect(machine.stop(graceSeconds: nil, now()) == [.report])
        #expect(machine.exited(.exited(0), now()) == [])
        #expect(machine.timerFired() == [])
        #expect(machine.groupEmptied() == [])
        #expect(machine.couldNotStart(StartFailure(.node, "")) == [])
        #expect(machine.record.phase == .stopped)
    }

    @Test func anEndIsToldOnceItIsOnDisk() {
        var machine = running { $0.restart.policy = .onFailure }
        _ = machine.exited(.exited(0), now())
        #expect(machine.groupEmptied() == [.recordDurably])
        #expect(!machine.isLive)
        #expect(machine.stop(graceSeconds: nil, now()) == [.report])
        #expect(machine.notRecorded("disk full") == [.setTimer(seconds: ReplicaMachine.recordAgainSeconds)])
        #expect(machine.timerFired() == [.recordDurably])
        #expect(machine.recorded() == [.report])
        #expect(machine.stage == .ended)
        #expect(machine.notRecorded("late") == [])
    }

    // MARK: - Adoption

    @Test func goesOnWithWhatRuns() {
        var machine = ReplicaMachine(record: running().record)
        #expect(machine.adopt(aliveSince: now(-100).instant, now()) == [.watch, .report])
        #expect(machine.record.phase == .ready)
        #expect(machine.record.restarts == 0)
        _ = machine.exited(.exited(1), now())
        #expect(machine.record.attempts == 1)
    }

    @Test func goesOnStopping() {
        var stopping = running()
        _ = stopping.stop(graceSeconds: nil, now())
        var machine = ReplicaMachine(record: stopping.record)
        #expect(
            machine.adopt(aliveSince: now().instant, now(1))
                == [.watch, .record, .report, .signal(.terminate), .setTimer(seconds: 10)])
        var dead = ReplicaMachine(record: stopping.record)
        #expect(dead.adopt(aliveSince: nil, now(1)) == [.clearGroup])
        #expect(dead.groupEmptied() == [.recordDurably])
        #expect(dead.record.phase == .stopped)
    }

    /// By `resetAfterSeconds`, since it was started, as far as anyone knows.
    @Test func theBackOffOfWhatEndedMeanwhileBeginsAnew() {
        var record = running().record
        record.attempts = 3
        for (seconds, delay) in [(9.0, 0.8), (10.0, 0.1)] {
            record.specification = SupervisorMachineTests.specification { $0.restart.resetAfterSeconds = 10 }
            var machine = ReplicaMachine(record: record)
            #expect(machine.adopt(aliveSince: nil, now(seconds)).contains(.setTimer(seconds: delay)))
        }
    }

    @Test func restartsWhatEndedMeanwhile() {
        var machine = ReplicaMachine(record: running().record)
        #expect(machine.adopt(aliveSince: nil, now()) == [.record, .report, .setTimer(seconds: 0.1), .clearGroup])
        #expect(machine.record.exit == .unknown)
        #expect(machine.record.phase == .backoff)
        var once = ReplicaMachine(record: running { $0.restart.policy = .never }.record)
        #expect(once.adopt(aliveSince: nil, now()) == [.clearGroup])
        _ = once.groupEmptied()
        #expect(once.record.phase == .failed)
    }

    @Test func keepsWhatHasEnded() {
        var ended = running()
        _ = ended.stop(graceSeconds: nil, now())
        _ = ended.exited(.exited(0), now())
        _ = ended.groupEmptied()
        var machine = ReplicaMachine(record: ended.record)
        #expect(machine.adopt(aliveSince: nil, now()) == [])
        #expect(!machine.isLive)
        #expect(machine.record.phase == .stopped)
    }
}
