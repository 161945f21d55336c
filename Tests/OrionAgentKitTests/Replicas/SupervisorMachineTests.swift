import OrionCore
import OrionTesting
import Testing

@testable import OrionAgentKit

@Suite struct SupervisorMachineTests {
    let identity = ProcessIdentity(pid: 42, startTicks: 7, bootID: "boot")
    let start = ContinuousClock.now
    let web = specification()

    // MARK: - Fixtures

    static func specification(_ change: (inout ServiceSpecification) -> Void = { _ in }) -> SharedSpecification {
        var specification = ServiceSpecification(name: "web")
        change(&specification)
        return SharedSpecification(specification)
    }

    /// So many seconds after the beginning.
    func now(_ seconds: Double = 0) -> Now {
        Now(instant: start + .seconds(seconds), timestamp: Timestamp(milliseconds: Int64(seconds * 1000)))
    }

    func order(_ id: ReplicaID = "web-000001", _ service: SharedSpecification? = nil) -> Launch {
        Launch(service: service ?? web, replicaId: id, generation: 4, fence: Fence(rawValue: 1))
    }

    func stop(_ id: ReplicaID = "web-000001") -> Stop {
        Stop(serviceName: "web", replicaId: id, gracePeriodSeconds: nil)
    }

    func record(_ machine: SupervisorMachine, _ id: ReplicaID = "web-000001") throws -> LedgerRecord {
        try #require(machine.replicas[id]).record
    }

    /// Brings a replica that was just launched to where its program runs.
    func run(_ machine: inout SupervisorMachine, _ id: ReplicaID = "web-000001") {
        _ = machine.spawned(id, identity)
        recordAll(&machine)
        _ = machine.started(id, identity, now())
    }

    /// What the machine has to say comes to disk.
    @discardableResult
    func recordAll(_ machine: inout SupervisorMachine) -> [SupervisorAction] {
        machine.replicas.values.map(\.entry).flatMap { machine.recorded($0, now()) }
    }

    /// Stops a replica that runs.
    func end(_ machine: inout SupervisorMachine, _ id: ReplicaID = "web-000001") {
        _ = machine.stop(stop(id), now())
        _ = machine.exited(id, identity, .signalled(.terminate), now())
        _ = machine.groupEmptied(id)
        recordAll(&machine)
    }

    /// The digest of a hello that says what `machine` says.
    func digest(_ machine: SupervisorMachine) -> ReplicaDigest {
        machine.statuses.reduce(into: ReplicaDigest()) { $0.toggle($1.replicaId, $1.state) }
    }

    // MARK: - Orders

    @Test func launchesRecordsAndReports() throws {
        var machine = SupervisorMachine()
        let launched = machine.launch(order(), now())
        let starting = try record(machine)
        #expect(launched == [.log(.changed(starting)), .report(starting.status), .spawn(starting)])
        #expect(machine.liveCount == 1)
        #expect(machine.spawned("web-000001", identity) == [.recordDurably(.replica(try record(machine)))])
        #expect(machine.gatedCount == 1)
        #expect(recordAll(&machine) == [.release("web-000001")])
        let started = machine.started("web-000001", identity, now(1))
        let ready = try record(machine)
        #expect(ready.phase == .ready)
        #expect(
            started == [
                .record(.replica(ready)), .watch("web-000001"), .log(.changed(ready)), .report(ready.status),
            ])
        #expect(machine.gatedCount == 0)
        #expect(machine.digest == digest(machine))
    }

    @Test func aKnownIDIsOnlyReported() throws {
        var machine = SupervisorMachine()
        _ = machine.launch(order(), now())
        run(&machine)
        #expect(machine.launch(order(), now()) == [.report(try record(machine).status)])
        end(&machine)
        #expect(machine.launch(order(), now()) == [.report(try record(machine).status)])
        _ = machine.stop(stop(), now())
        recordAll(&machine)
        var gone = ReplicaStatus(service: "web", replicaId: "web-000001", state: .stopped)
        gone.message = "was refused, or stopped and forgotten, here before"
        #expect(machine.launch(order(), now()) == [.report(gone)])
        #expect(machine.replicas.isEmpty)
    }

    @Test func picksPortsThatNobodyHolds() throws {
        let service = Self.specification { $0.ports = [Port(name: "http")] }
        var machine = SupervisorMachine()
        _ = machine.launch(order("web-000001", service), now())
        #expect(machine.portsPicked("web-000001", ["http": 5000]) == [.spawn(try record(machine))])
        #expect(
            machine.launch(order("web-000002", service), now()).last
                == .pickPorts("web-000002", service.value, held: [5000]))
        #expect(
            machine.couldNotStart("web-000002", nil, StartFailure(.node, "no free port")).first
                == .log(.trouble("web-000002", reason: "no free port")))
        run(&machine)
        end(&machine)
        _ = machine.stop(stop(), now())
        recordAll(&machine)
        #expect(
            machine.launch(order("web-000003", service), now()).last
                == .pickPorts("web-000003", service.value, held: []))
    }

    @Test func anUnknownOneIsStopped() {
        var machine = SupervisorMachine()
        let status = ReplicaStatus(service: "web", replicaId: "web-000009", state: .stopped)
        #expect(machine.stop(stop("web-000009"), now()) == [.report(status)])
    }

    @Test func updatesWhatNeedsNoNewProcess() throws {
        var machine = SupervisorMachine()
        _ = machine.launch(order(), now())
        run(&machine)
        let softer = Self.specification { $0.stop.signal = "SIGINT" }
        let updated = machine.update(Update(serviceName: "web", config: softer, generation: 5), now())
        let after = try record(machine)
        #expect(after.specification == softer)
        #expect(updated == [.record(.replica(after)), .report(after.status)])
        let other = Self.specification { $0.entry = "other.ts" }
        #expect(
            machine.update(Update(serviceName: "web", config: other, generation: 6), now()) == [.report(after.status)])
        #expect(machine.update(Update(serviceName: "api", config: other, generation: 6), now()) == [])
    }

    @Test func sharesOneSpecificationPerService() throws {
        var machine = SupervisorMachine()
        _ = machine.launch(order("web-000001", Self.specification()), now())
        _ = machine.launch(order("web-000002", Self.specification()), now())
        #expect(
            try record(machine, "web-000001").specification === record(machine, "web-000002").specification)
    }

    // MARK: - Late news

    @Test func newsOfAnotherProcessChangesNothing() throws {
        var machine = SupervisorMachine()
        _ = machine.launch(order(), now())
        let other = ProcessIdentity(pid: 43, startTicks: 7, bootID: "boot")
        _ = machine.spawned("web-000001", identity)
        var foreign = try record(machine)
        foreign.process = other
        #expect(machine.recorded(.replica(foreign), now()) == [])
        #expect(machine.notRecorded(.replica(foreign), "") == [])
        #expect(machine.couldNotStart("web-000001", other, StartFailure(.node, "")) == [])
        #expect(machine.started("web-000001", other, now()) == [])
        recordAll(&machine)
        _ = machine.started("web-000001", identity, now())
        #expect(machine.exited("web-000001", other, .exited(1), now()) == [])
        #expect(machine.exited("web-000002", identity, .exited(1), now()) == [])
    }

    @Test func aLateTimerIsKnownByItsNumber() throws {
        var machine = SupervisorMachine()
        _ = machine.launch(order(), now())
        run(&machine)
        let number = try #require(
            machine.exited("web-000001", identity, .exited(1), now()).compactMap { action -> Int? in
                if case .setTimer("web-000001", let number, 0.1) = action { number } else { nil }
            }.first)
        _ = machine.groupEmptied("web-000001")
        #expect(machine.timerFired("web-000001", number: number + 1) == [])
        var stopped = machine
        _ = stopped.stop(stop(), now())
        #expect(stopped.timerFired("web-000001", number: number) == [])
        #expect(machine.timerFired("web-000001", number: number).last == .spawn(try record(machine)))
    }

    // MARK: - Forgetting

    @Test func forgetsWhatHasEnded() throws {
        var machine = SupervisorMachine()
        _ = machine.launch(order(), now())
        run(&machine)
        end(&machine)
        #expect(machine.liveCount == 0)
        #expect(machine.digest == digest(machine))
        let entry = RetiredReplica(id: "web-000001", service: "web", at: now(9).timestamp)
        let status = ReplicaStatus(service: "web", replicaId: "web-000001", state: .stopped)
        #expect(machine.stop(stop(), now(9)) == [.recordDurably(.retired(entry))])
        #expect(machine.recorded(.retired(entry), now(9)) == [.report(status)])
        #expect(machine.statuses.isEmpty)
        #expect(machine.digest == ReplicaDigest())
        #expect(machine.contents.retired == [entry.id: entry])
        let day = Double(RetiredReplica.keptMilliseconds) / 1000
        #expect(machine.collect(now(9 + day)) == [])
        #expect(
            machine.collect(now(10 + day)) == [.record(.removed("web-000001")), .removeFolder("web-000001")])
        #expect(machine.contents == LedgerContents())
        #expect(machine.services.isEmpty)
    }

    // MARK: - What is not on disk yet

    @Test func aHelloNamesNoEndThatIsNotOnDisk() throws {
        var machine = SupervisorMachine()
        _ = machine.launch(order("web-000001", Self.specification { $0.restart.policy = .onFailure }), now())
        run(&machine)
        _ = machine.exited("web-000001", identity, .exited(0), now())
        let ended = machine.groupEmptied("web-000001")
        let record = try record(machine)
        #expect(record.phase == .succeeded)
        #expect(ended == [.recordDurably(.replica(record))])
        #expect(machine.statuses.map(\.state) == [.ready])
        #expect(machine.digest == digest(machine))
        #expect((machine.liveCount, machine.closingCount) == (0, 1))
        // Orders in between change nothing, and are told nothing else.
        #expect(machine.stop(stop(), now()) == [.report(machine.statuses[0])])
        #expect(machine.launch(order(), now()) == [.report(machine.statuses[0])])
        let told = machine.recorded(.replica(record), now())
        #expect(told == [.log(.changed(record)), .report(record.status)])
        #expect(machine.statuses == [record.status])
        #expect(machine.digest == digest(machine))
        #expect(machine.closingCount == 0)
    }

    @Test func aForgottenOneIsThereUntilThatIsOnDisk() throws {
        var machine = SupervisorMachine()
        _ = machine.launch(order(), now())
        run(&machine)
        end(&machine)
        let before = machine.statuses
        _ = machine.stop(stop(), now(1))
        let entry = RetiredReplica(id: "web-000001", service: "web", at: now(1).timestamp)
        #expect(machine.statuses == before)
        #expect(machine.digest == digest(machine))
        #expect(machine.contents.retired == [entry.id: entry])
        #expect(machine.contents.records.isEmpty)
        #expect(machine.stop(stop(), now(2)) == [], "it is on its way")
        let failed = machine.notRecorded(.retired(entry), "disk full")
        let number = machine.timers
        #expect(
            failed == [
                .log(.trouble("web-000001", reason: "disk full")),
                .setTimer("web-000001", number: number, seconds: ReplicaMachine.recordAgainSeconds),
            ])
        #expect(machine.timerFired("web-000001", number: number) == [.recordDurably(.retired(entry))])
        let gone = ReplicaStatus(service: "web", replicaId: "web-000001", state: .stopped)
        #expect(machine.recorded(.retired(entry), now(3)) == [.report(gone)])
        #expect(machine.statuses.isEmpty)
    }

    /// Whenever the power is cut, the next agent does not run what the control plane knows to have ended.
    @Test func aPowerCutTakesBackNothingThatWasTold() throws {
        let once = Self.specification { $0.restart.policy = .onFailure }
        for cut in 0..<8 {
            var disk = SimulatedLedger()
            var machine = SupervisorMachine()
            var told: [ReplicaID: ReplicaPhase] = [:]
            var steps = 0
            /// Performs until the power is cut: writing, and coming to disk, are a step each.
            func perform(_ actions: [SupervisorAction]) {
                for action in actions where steps < cut {
                    switch action {
                    case .record(let entry):
                        disk.write(entry)
                    case .recordDurably(let entry):
                        disk.write(entry)
                        steps += 1
                        if steps == cut { return }
                        disk.flush()
                        steps += 1
                        if steps == cut { return }
                        perform(machine.recorded(entry, now()))
                    case .spawn(let record): perform(machine.spawned(record.id, identity))
                    case .release(let id): perform(machine.started(id, identity, now()))
                    case .clearGroup(let id, _): perform(machine.groupEmptied(id))
                    case .report(let status): told[status.replicaId] = status.state
                    default: break
                    }
                }
            }
            perform(machine.launch(order("web-000001", once), now()))
            if steps < cut { perform(machine.exited("web-000001", identity, .exited(0), now())) }
            if steps < cut { perform(machine.stop(stop(), now())) }
            disk.cutPower()
            var next = SupervisorMachine()
            let actions = next.adopt(disk.contents, aliveSince: [:], folders: [], now())
            let runsAgain = next.liveCount > 0
            #expect(!(told["web-000001"]?.isFinal == true && runsAgain), "cut at \(cut): \(told), \(actions)")
        }
    }

    // MARK: - Ending

    @Test func stopsAllAndStartsNothing() throws {
        var machine = SupervisorMachine()
        for id: ReplicaID in ["web-000001", "web-000002"] {
            _ = machine.launch(order(id), now())
            run(&machine, id)
        }
        let signals = machine.stopAll(now()).filter { if case .signal = $0 { true } else { false } }
        #expect(signals == [.signal("web-000001", .terminate), .signal("web-000002", .terminate)])
        #expect(machine.launch(order("web-000003"), now()) == [])
        #expect(machine.liveCount == 2)
    }

    @Test func touchesNothingOnceDetached() throws {
        var machine = SupervisorMachine()
        _ = machine.launch(order(), now())
        run(&machine)
        machine.beginDetaching()
        _ = machine.exited("web-000001", identity, .exited(1), now())
        _ = machine.groupEmptied("web-000001")
        let number = machine.timers
        #expect(
            machine.timerFired("web-000001", number: number).allSatisfy { if case .spawn = $0 { false } else { true } })
        machine.detach()
        #expect(machine.stop(stop(), now()) == [])
        #expect(machine.stopAll(now()) == [])
    }

    // MARK: - Refusals

    @Test func whatIsRefusedIsStoppedAndNeverRuns() throws {
        var machine = SupervisorMachine()
        let odd = machine.launch(order("../x"), now())
        let reason = "no replica id: a to z, 0 to 9 and -, 1 to 80 characters"
        var status = ReplicaStatus(service: "web", replicaId: "../x", state: .stopped)
        status.message = reason
        #expect(odd == [.log(.refused("../x", reason: reason)), .report(status)])
        let ids = (1...UInt64(Hello.maximumReplicas)).map { ReplicaID(service: "web", fence: Fence(rawValue: $0)) }
        for id in ids { _ = machine.launch(order(id), now()) }
        let refused = machine.launch(order("web-zzzzzz"), now())
        let entry = RetiredReplica(id: "web-zzzzzz", service: "web", at: now().timestamp)
        #expect(refused.first == .record(.retired(entry)))
        #expect(refused.count == 3)
        #expect(machine.statuses.count == Hello.maximumReplicas)
        _ = machine.stop(stop(ids[0]), now())
        recordAll(&machine)
        _ = machine.stop(stop(ids[0]), now())
        recordAll(&machine)
        #expect(machine.statuses.count == Hello.maximumReplicas - 1)
        #expect(machine.launch(order("web-zzzzzz"), now()).count == 1, "there is room, but it was placed anew")
        #expect(machine.statuses.count == Hello.maximumReplicas - 1)
    }

    // MARK: - Adoption

    @Test func keepsFiveFoldersThatNoRecordNames() {
        var machine = SupervisorMachine()
        let folders = (1...7).map { "web-00000\($0)" }
        let actions = machine.adopt(LedgerContents(), aliveSince: [:], folders: folders, now())
        let removed = actions.compactMap { action -> String? in
            if case .removeFolder(let name) = action { name } else { nil }
        }
        #expect(Set(removed) == ["web-000001", "web-000002"])
        #expect(machine.contents.retired.count == 5)
        // The next start finds them in the ledger.
        var next = SupervisorMachine()
        #expect(
            next.adopt(machine.contents, aliveSince: [:], folders: Array(folders.suffix(5)), now(60)) == [.endStrays])
    }

    @Test func goesOnWithWhatRunsAndRestartsTheRest() throws {
        var first = SupervisorMachine()
        for id: ReplicaID in ["web-000001", "web-000002"] {
            _ = first.launch(order(id), now())
            run(&first, id)
        }
        var second = SupervisorMachine()
        let actions = second.adopt(
            first.contents, aliveSince: ["web-000001": now().instant],
            folders: ["web-000001", "web-000002", "web-000003", "something else"], now(5))
        let unknown = RetiredReplica(id: "web-000003", service: "web", at: now(5).timestamp)
        let alive = try record(second, "web-000001")
        let dead = try record(second, "web-000002")
        #expect(alive.phase == .ready)
        #expect(dead.phase == .backoff)
        #expect(
            actions == [
                .watch("web-000001"), .report(alive.status), .record(.replica(dead)), .report(dead.status),
                .setTimer("web-000002", number: 1, seconds: 0.1), .clearGroup("web-000002", leader: identity),
                .log(.adopted(running: 1, ended: 1)), .record(.retired(unknown)), .endStrays,
            ])
        #expect(second.digest == digest(second))
        #expect(
            second.straysEnded([(id: "web-000003", pid: 9)]) == [.log(.strayEnded(id: "web-000003", pid: 9))])
    }
}
