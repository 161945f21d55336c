import OrionCore
import Testing

@testable import orion

@Suite struct ExpectationTests {
    private let wanted = Expectation(service: "web", generation: 2)

    @Test func `what has every replica of the wanted generation has settled`() {
        #expect(wanted.progress(of: record(generation: 2, observed: 2)) == .settled("1/1 ready"))
        #expect(wanted.progress(of: record(generation: 3, observed: 3)) == .settled("1/1 ready"))
    }

    @Test func `an older generation that runs is not enough`() {
        #expect(!wanted.progress(of: record(generation: 1)).isFinal)
        #expect(!wanted.progress(of: record(generation: 2, observed: 1)).isFinal)
        #expect(!wanted.progress(of: record(generation: 2, observed: 2, rollout: .progressing)).isFinal)
    }

    @Test func `a pending replica's reason is told while waiting`() {
        let pending = record(
            status: .pending, generation: 2, ready: 0, instances: [pendingReplica("no node is ready")])
        #expect(wanted.progress(of: pending) == .waiting("0/1 ready · no node is ready"))
    }

    @Test func `what can settle no more says why`() {
        let failed = record(status: .failed, generation: 2, rollout: .progressing, reason: "restarts used up")
        #expect(wanted.progress(of: failed) == .impossible("restarts used up"))
        let back = record(generation: 2, observed: 2, rollout: .rolledBack, reason: "not ready in time")
        #expect(wanted.progress(of: back) == .impossible("the rollout was rolled back: not ready in time"))
        #expect(wanted.progress(of: nil).isFinal)
    }

    @Test func `what was rolled back meanwhile has failed, and what rolled it back has not`() {
        var back = record(generation: 3, observed: 3, rollout: .rolledBack, reason: "not ready in time")
        back.status.rollout.generation = 2
        #expect(wanted.progress(of: back) == .impossible("the rollout was rolled back: not ready in time"))
        #expect(Expectation(service: "web", generation: 3).progress(of: back) == .settled("1/1 ready"))
        #expect(back.reason == "generation 2 was rolled back: not ready in time")
        // What is wrong now says more than what was wrong then.
        back.status.status = .degraded
        #expect(back.reason == "generation 2 was rolled back: not ready in time")
        back.status.instances = [ReplicaRecord(state: .lost), pendingReplica("no node is ready")]
        #expect(back.reason == "no node is ready")
        let halted = record(status: .failed, generation: 2, rollout: .halted, reason: "exit status 1")
        #expect(wanted.progress(of: halted) == .impossible("the rollout is halted: exit status 1"))
    }

    @Test func `what another took over before it was complete has not settled`() {
        let later = record(generation: 3, observed: 3)
        #expect(wanted.isOvertaken(wanted.progress(of: later), later))
        #expect(!wanted.isOvertaken(.waiting("0/1 ready"), later))
        let own = record(generation: 2, observed: 2)
        #expect(!wanted.isOvertaken(wanted.progress(of: own), own))
        func history(_ state: GenerationRecord.Status.State, _ reason: String?) -> [GenerationRecord.Status] {
            let time = Timestamp(milliseconds: 0)
            return [
                GenerationRecord.Status(generation: 3, state: .complete, createdAt: time, restartFrom: 3),
                GenerationRecord.Status(generation: 2, state: state, createdAt: time, restartFrom: 2, reason: reason),
            ]
        }
        #expect(
            wanted.superseded(in: history(.superseded, "generation 3 took over"))
                == .impossible("generation 2 did not come to run as a whole: generation 3 took over"))
        // It had been complete before, or its number of replicas was changed meanwhile.
        #expect(wanted.superseded(in: history(.complete, nil)) == nil)
        #expect(wanted.superseded(in: []) == nil)
    }

    @Test func `what is not ready is counted by its state`() {
        let states: [ReplicaPhase] = [.lost, .running, .lost, .ready, .running, .starting, .stopped]
        let some = record(
            status: .updating, generation: 2, ready: 1, desired: 4, instances: states.map { ReplicaRecord(state: $0) })
        #expect(wanted.progress(of: some) == .waiting("1/4 ready · 2 lost, 2 running, one starting"))
    }

    @Test func `a replica that its policy leaves ended keeps the service from settling`() {
        var ended = ReplicaRecord(state: .failed)
        ended.replicaId = "web-000002"
        ended.generation = 2
        ended.exitCode = 1
        var pending = record(status: .pending, generation: 2, observed: 1, ready: 0, instances: [ended])
        #expect(!wanted.progress(of: pending).isFinal)
        var specification = pending.specification.value
        specification.restart.policy = .never
        pending.specification = SharedSpecification(specification)
        #expect(
            wanted.progress(of: pending)
                == .impossible("web-000002 is not started again (restart.policy: never): exit status 1"))
        ended.generation = 1
        pending.status.instances = [ended]
        #expect(!wanted.progress(of: pending).isFinal)
    }

    @Test func `what has done its work has settled`() {
        var done = ReplicaRecord(state: .succeeded)
        done.generation = 2
        var job = record(
            status: .degraded, generation: 2, observed: 2, ready: 1, desired: 2,
            instances: [done, ReplicaRecord(state: .ready)])
        var specification = job.specification.value
        specification.restart.policy = .onFailure
        job.specification = SharedSpecification(specification)
        #expect(wanted.progress(of: job) == .settled("1/2 ready, 1 succeeded"))
        #expect(job.reason == "1 succeeded, not started again (restart.policy: on-failure)")
        job.status.rollout.state = .progressing
        #expect(!wanted.progress(of: job).isFinal)
    }

    @Test func `no replicas wanted has settled once all are stopped`() {
        var stopping = ReplicaRecord(state: .stopping)
        let one = record(status: .stopped, generation: 2, ready: 0, desired: 0, instances: [stopping])
        #expect(!wanted.progress(of: one).isFinal)
        stopping.state = .stopped
        for rollout in [ServiceStatus.Rollout.State.complete, .halted] {
            let none = record(
                status: .stopped, generation: 2, rollout: rollout, ready: 0, desired: 0, instances: [stopping])
            #expect(wanted.progress(of: none) == .settled("stopped"))
        }
    }

    @Test func `a removal has settled when the service is gone`() {
        let removal = Expectation(service: "web", generation: nil)
        #expect(removal.progress(of: nil) == .settled("removed"))
        let stopping = record(status: .stopped, ready: 0, desired: 0, instances: [ReplicaRecord(state: .stopping)])
        #expect(removal.progress(of: stopping, knownBy: "s1") == .waiting("1 left to stop"))
    }

    @Test func `a removal has settled when there is a new service of that name`() {
        let removal = Expectation(service: "web", generation: nil)
        let none = record(status: .stopped, ready: 0, desired: 0)
        #expect(removal.progress(of: none, knownBy: "s0") == .settled("removed, and created anew"))
        #expect(removal.progress(of: record(), knownBy: "s1") == .settled("removed, and created anew"))
    }

    @Test func `an orphaned service is not waited for`() {
        #expect(Expectation(ServiceChange(service: "web", action: .orphaned, generation: 1)) == nil)
        #expect(
            Expectation(ServiceChange(service: "web", action: .removed, generation: 4))
                == Expectation(service: "web", generation: nil))
    }
}
