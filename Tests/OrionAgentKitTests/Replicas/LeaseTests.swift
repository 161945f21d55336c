import OrionCore
import Testing

@testable import OrionAgentKit

/// How long replicas run without a control plane.
@Suite struct LeaseTests {
    private let fixtures = SupervisorMachineTests()

    private func leased(_ seconds: Double?, overlap: Bool = false) -> SharedSpecification {
        SupervisorMachineTests.specification {
            $0.disconnect.stopAfterSeconds = seconds
            $0.disconnect.overlap = overlap
        }
    }

    /// A ping that was sent so many seconds after the beginning is answered at once, or later.
    @discardableResult
    private func renew(_ machine: inout SupervisorMachine, _ seconds: Double, late: Double = 0) -> [SupervisorAction] {
        machine.leaseRenewed(since: fixtures.now(seconds).instant, fixtures.now(seconds + late))
    }

    private func running(_ specification: SharedSpecification) -> SupervisorMachine {
        var machine = SupervisorMachine()
        renew(&machine, 0)
        _ = machine.launch(fixtures.order("web-000001", specification), fixtures.now())
        fixtures.run(&machine)
        return machine
    }

    @Test func aReplicaIsStoppedWhenTheLastAnsweredPingIsThatOld() throws {
        var machine = running(leased(20))
        #expect(machine.endLeases(fixtures.now(19.9)).isEmpty)
        renew(&machine, 5)
        #expect(machine.endLeases(fixtures.now(24.9)).isEmpty)
        let actions = machine.endLeases(fixtures.now(25))
        #expect(actions.contains(.signal("web-000001", .terminate)))
        #expect(try fixtures.record(machine).phase == .stopping)
        #expect(try fixtures.record(machine).message?.contains("stopAfterSeconds") == true)
        // Once.
        #expect(machine.endLeases(fixtures.now(26)).isEmpty)
    }

    /// The machine stood still, or its disk did: another may run instead by now.
    @Test func whatWaitedForItsDiskLongerThanItsLeaseDoesNotStart() throws {
        for (seconds, starts) in [(19.9, true), (20, false)] {
            var machine = SupervisorMachine()
            renew(&machine, 0)
            _ = machine.launch(fixtures.order("web-000001", leased(20)), fixtures.now())
            _ = machine.spawned("web-000001", fixtures.identity)
            let entry = try #require(machine.replicas["web-000001"]).entry
            let actions = machine.recorded(entry, fixtures.now(seconds))
            #expect(actions.contains(.release("web-000001")) == starts)
            #expect(actions.contains(.abandon("web-000001")) == !starts)
            guard !starts else { continue }
            // That it has ended is told once that is on disk.
            #expect(!actions.contains { if case .report = $0 { true } else { false } })
            #expect(fixtures.recordAll(&machine).contains { if case .report = $0 { true } else { false } })
            #expect(try fixtures.record(machine).phase == .stopped)
            #expect(try fixtures.record(machine).message?.contains("stopAfterSeconds") == true)
        }
    }

    @Test func theWatchdogGuardsTheFirstLeaseOfWhatEndsWithTheAgent() {
        var machine = running(leased(20))
        for (id, specification) in [("web-000002", leased(30)), ("web-000003", leased(10, overlap: true))] {
            let id = ReplicaID(rawValue: id)
            _ = machine.launch(fixtures.order(id, specification), fixtures.now())
            _ = machine.spawned(id, fixtures.identity)
        }
        func deadline(_ seconds: Double) -> ContinuousClock.Instant? { machine.watchdogDeadline(fixtures.now(seconds)) }
        #expect(deadline(1) == fixtures.now(20).instant + .milliseconds(600))
        #expect(
            machine.watchdogDeadline(for: "web-000002", fixtures.now(1)) == fixtures.now(30).instant
                + .milliseconds(600))
        #expect(machine.watchdogDeadline(for: "web-000003", fixtures.now(1)) == nil)
        renew(&machine, 5)
        #expect(deadline(6) == fixtures.now(25).instant + .milliseconds(600))
        // An agent that sees to it is given the grace period, and then more time, again and again.
        _ = machine.endLeases(fixtures.now(25))
        #expect(deadline(25.25) == fixtures.now(35).instant + .milliseconds(600))
        #expect(deadline(35.25) == fixtures.now(35.25).instant + .milliseconds(600))
        machine.detach()
        #expect(deadline(36) == nil)
    }

    @Test func nothingIsGuardedOnceItHasEnded() {
        var machine = running(leased(20))
        #expect(machine.watchdogDeadline(fixtures.now(1)) != nil)
        _ = machine.exited("web-000001", fixtures.identity, .exited(0), fixtures.now(2))
        _ = machine.stop(Stop(serviceName: "web", replicaId: "web-000001"), fixtures.now(3))
        _ = machine.groupEmptied("web-000001")
        #expect(machine.watchdogDeadline(fixtures.now(4)) == nil)
    }

    @Test func anOlderAnswerThatComesLateRenewsNothing() {
        var machine = running(leased(20))
        renew(&machine, 10)
        renew(&machine, 5, late: 6)
        #expect(machine.endLeases(fixtures.now(29.9)).isEmpty && !machine.endLeases(fixtures.now(30)).isEmpty)
    }

    @Test func aReplicaWithoutALeaseRunsOn() {
        var machine = running(leased(nil, overlap: true))
        #expect(machine.leasedCount == 0 && machine.endLeases(fixtures.now(1e9)).isEmpty)
        #expect(!machine.needsPing(fixtures.now(1e9)))
    }

    @Test func fourPingsFitIntoALease() {
        let machine = running(leased(20))
        #expect(!machine.needsPing(fixtures.now(4.9)) && machine.needsPing(fixtures.now(5)))
    }

    @Test func anUpdateGivesAndTakesLeases() {
        var machine = running(leased(20))
        _ = machine.update(
            Update(serviceName: "web", config: leased(nil, overlap: true), generation: 5), fixtures.now())
        #expect(machine.leasedCount == 0)
        _ = machine.update(Update(serviceName: "web", config: leased(3, overlap: true), generation: 6), fixtures.now())
        #expect(machine.leasedCount == 1 && !machine.endLeases(fixtures.now(3)).isEmpty)
    }

    @Test func aLeaseThatAnUpdateBringsBeginsWithIt() {
        var machine = running(leased(nil, overlap: true))
        _ = machine.update(
            Update(serviceName: "web", config: leased(3, overlap: true), generation: 5), fixtures.now(1_000))
        #expect(machine.needsPing(fixtures.now(1_000)))
        #expect(machine.endLeases(fixtures.now(1_002.9)).isEmpty && !machine.endLeases(fixtures.now(1_003)).isEmpty)
    }

    @Test func aShorterLeaseEndsNoLaterThanTheOneBefore() {
        var machine = running(leased(20))
        _ = machine.update(Update(serviceName: "web", config: leased(5), generation: 5), fixtures.now(4))
        #expect(machine.endLeases(fixtures.now(8.9)).isEmpty && !machine.endLeases(fixtures.now(9)).isEmpty)
        machine = running(leased(20))
        _ = machine.update(Update(serviceName: "web", config: leased(5), generation: 5), fixtures.now(19))
        #expect(machine.endLeases(fixtures.now(19.9)).isEmpty && !machine.endLeases(fixtures.now(20)).isEmpty)
    }

    /// It may be as old as that, and another may run instead.
    @Test func aLaunchWaitsForAnAnswerWhereThereWasNoneForAsLongAsItsLease() throws {
        var machine = SupervisorMachine()
        renew(&machine, 0)
        let order = fixtures.order("web-000001", leased(3))
        #expect(machine.launch(order, fixtures.now(3)).isEmpty)
        #expect(machine.needsPing(fixtures.now(3)))
        #expect(renew(&machine, 2, late: 4).isEmpty)
        #expect(renew(&machine, 6).contains(.spawn(try fixtures.record(machine))))
        #expect(machine.endLeases(fixtures.now(8.9)).isEmpty && !machine.needsPing(fixtures.now(6.5)))
    }

    @Test func aLaunchThatWaitsIsForgottenWithItsSessionAndByAStop() {
        var machine = SupervisorMachine()
        let order = fixtures.order("web-000001", leased(3))
        #expect(machine.launch(order, fixtures.now()).isEmpty)
        machine.sessionEnded()
        #expect(renew(&machine, 1).isEmpty)
        #expect(machine.launch(order, fixtures.now(5)).isEmpty)
        _ = machine.stop(fixtures.stop(), fixtures.now(5))
        #expect(renew(&machine, 6).isEmpty && machine.replicas.isEmpty)
    }

    @Test func whatHasEndedHasNoLease() {
        var machine = running(leased(20))
        fixtures.end(&machine)
        #expect(machine.leasedCount == 0)
    }

    @Test(arguments: [true, false])
    func whatMustNotRunTwiceEndsWithItsAgent(isAlive: Bool) throws {
        var machine = running(leased(20))
        let contents = machine.contents
        machine = SupervisorMachine()
        let alive: [ReplicaID: ContinuousClock.Instant] = isAlive ? ["web-000001": fixtures.start] : [:]
        _ = machine.adopt(contents, aliveSince: alive, folders: ["web-000001"], fixtures.now())
        if isAlive { _ = machine.exited("web-000001", fixtures.identity, .signalled(.kill), fixtures.now()) }
        _ = machine.groupEmptied("web-000001")
        fixtures.recordAll(&machine)
        #expect(try fixtures.record(machine).phase == .stopped)
    }

    @Test func whatMayOverlapIsAdoptedAndItsLeaseBeginsWithTheAgent() throws {
        var machine = running(leased(20, overlap: true))
        let contents = machine.contents
        machine = SupervisorMachine()
        _ = machine.adopt(
            contents, aliveSince: ["web-000001": fixtures.start], folders: ["web-000001"], fixtures.now(100))
        #expect(try fixtures.record(machine).phase == .ready)
        #expect(machine.endLeases(fixtures.now(119)).isEmpty && !machine.endLeases(fixtures.now(120)).isEmpty)
    }
}
