import OrionCore
import Testing

@testable import OrionScheduler

/// Rollouts that fail, and going back.
@Suite struct RollbackTests {
    /// Three ready replicas of generation 1.
    private func running(_ change: (inout ServiceSpecification) -> Void = { _ in }) -> ModelCluster {
        var cluster = ModelCluster(nodes: 3)
        cluster.afterStep = { cluster, before, events, decision in
            cluster.checkInvariants(before: before, events: events, decision: decision)
        }
        cluster.apply(service("web", replicas: 3, change))
        cluster.advance(5)
        return cluster
    }

    private func version(
        _ number: Int, replicas: Int = 3, _ change: (inout ServiceSpecification) -> Void = { _ in }
    ) -> ServiceSpecification {
        service("web", replicas: replicas) { specification in
            specification.entry = "v\(number).ts"
            change(&specification)
        }
    }

    private func setBroken(_ isBroken: Bool, _ cluster: inout ModelCluster) {
        for id in cluster.agents.keys { cluster.agents[id]?.broken = isBroken ? ["web"] : [] }
    }

    /// A cluster whose generation 2 was rolled back by itself.
    private func rolledBack() -> ModelCluster {
        var cluster = running()
        setBroken(true, &cluster)
        cluster.apply(version(2))
        cluster.advance(121)
        return cluster
    }

    private func history(_ cluster: ModelCluster) throws -> [GenerationRecord.Status] {
        try #require(cluster.state.history(of: "web")).map(\.status)
    }

    @Test func whatDoesNotBecomeReadyInTimeIsRolledBack() throws {
        var cluster = running()
        let old = cluster.running("web").map(\.id)
        setBroken(true, &cluster)
        cluster.apply(version(2))
        cluster.advance(119.9)
        #expect(cluster.running("web").map(\.generation) == [1, 1, 1, 2])
        #expect(try cluster.status("web").status == .updating)
        cluster.advance(0.2)
        // The old replicas are what is wanted again: none was restarted.
        #expect(cluster.running("web").map(\.id) == old)
        #expect(cluster.running("web").map(\.generation) == [3, 3, 3])
        let status = try cluster.status("web")
        #expect(status.status == .running && status.generation == 3 && status.observedGeneration == 3)
        #expect(status.rollout.state == .rolledBack && status.rollout.generation == 2 && status.rollout.updated == 3)
        #expect(try cluster.record("web").specification.value.entry == "index.ts")
        let reason = try #require(status.rollout.reason)
        #expect(reason.hasPrefix("0 of 3 replicas of generation 2 were available after 120 s without progress; web-"))
        let evidence = try #require(status.rollout.evidence?.first)
        #expect(evidence.state == .running && evidence.node != nil && evidence.generation == 2)
        #expect(cluster.violation == nil)
    }

    @Test func theEvidenceSaysHowAProcessEnded() throws {
        var cluster = running()
        setBroken(true, &cluster)
        cluster.apply(version(2))
        cluster.settle()
        let new = try #require(cluster.running("web").last)
        var status = ReplicaStatus(service: "web", replicaId: new.id, state: .failed)
        (status.generation, status.exitCode, status.message) = (2, 3, "no such table")
        cluster.agents[new.node]?.records[new.id]?.phase = .failed
        cluster.event(.status(status), of: new.node)
        cluster.advance(125)
        let rollout = try cluster.status("web").rollout
        #expect(rollout.reason?.contains("\(new.id) on \(new.node) is failed, exit status 3: no such table") == true)
        #expect(rollout.evidence?.first?.replicaId == new.id && rollout.evidence?.first?.exitCode == 3)
    }

    /// Also once its agent has said hello again, without the lines.
    @Test func theEvidenceHasWhatWasWrittenLast() throws {
        var cluster = running { $0.update.maxSurge = .count(3) }
        setBroken(true, &cluster)
        cluster.apply(version(2) { $0.update.maxSurge = .count(3) })
        cluster.settle()
        let new = cluster.running("web").filter { $0.generation == 2 }
        #expect(new.count == 3)
        for (number, replica) in new.enumerated() {
            var status = ReplicaStatus(service: "web", replicaId: replica.id, state: .backoff)
            (status.generation, status.exitCode) = (2, 3)
            status.lastLines = LastLines(stdout: [], stderr: ["no such table \(number)"])
            cluster.agents[replica.node]?.records[replica.id]?.phase = .backoff
            cluster.event(.status(status), of: replica.node)
        }
        for id in cluster.agents.keys.sorted() { cluster.connect(id) }
        cluster.advance(125)
        let rollout = try cluster.status("web").rollout
        #expect(rollout.state == .rolledBack)
        let lines = try #require(rollout.evidence).compactMap(\.lastLines?.stderr)
        #expect(lines.sorted { $0[0] < $1[0] } == (0..<3).map { ["no such table \($0)"] })
        #expect(rollout.evidence?.allSatisfy { $0.exitCode == 3 && $0.node != nil } == true)
        // And over a restart.
        try cluster.restartControlPlane()
        #expect(try cluster.status("web").rollout.evidence == rollout.evidence)
    }

    /// What has become available since is no evidence.
    @Test func whatHasRecoveredIsNoEvidence() throws {
        var cluster = running { $0.update.maxSurge = .count(1) }
        cluster.apply(version(2) { $0.update.maxSurge = .count(1) })
        cluster.settle()
        let first = try #require(cluster.running("web").last { $0.generation == 2 })
        cluster.agents[first.node]?.set(first.id, .backoff)
        cluster.settle()
        cluster.agents[first.node]?.set(first.id, .ready)
        cluster.advance(2.5)
        setBroken(true, &cluster)
        cluster.advance(240)
        let rollout = try cluster.status("web").rollout
        #expect(rollout.state == .rolledBack)
        #expect(rollout.evidence?.contains { $0.replicaId == first.id } == false)
        #expect(rollout.evidence?.isEmpty == false)
    }

    @Test func whatFindsNoPlaceIsRolledBackAndSaysWhy() throws {
        var cluster = ModelCluster()
        cluster.connect("node-1") { $0.capacity = Capacity(memory: 1000) }
        cluster.apply(service("web"))
        cluster.advance(5)
        cluster.apply(version(2, replicas: 1) { $0.resources.memory = 2000 })
        cluster.advance(1)
        #expect(try cluster.status("web").rollout.state == .progressing)
        #expect(try cluster.status("web").rollout.reason?.contains("2000 MiB") == true)
        cluster.advance(120)
        let rollout = try cluster.status("web").rollout
        #expect(rollout.state == .rolledBack)
        #expect(rollout.reason?.contains("2000 MiB") == true)
        #expect(rollout.evidence?.map(\.state) == [.pending])
    }

    @Test func theDeadlineCountsFromTheLastThatBecameReady() throws {
        var cluster = running()
        cluster.apply(version(2))
        cluster.advance(1)
        setBroken(true, &cluster)
        cluster.advance(119.5)
        #expect(try cluster.status("web").rollout.state == .progressing)
        cluster.advance(10)
        #expect(try cluster.status("web").rollout.state == .rolledBack)
    }

    /// One that becomes ready again and again is no progress.
    @Test func aProcessThatKeepsExitingIsRolledBack() throws {
        var cluster = running { $0.update.minReadySeconds = 5 }
        cluster.apply(version(2) { $0.update.minReadySeconds = 5 })
        cluster.settle()
        for _ in 0..<130 { cluster.restartByItself("web", generation: 2) }
        #expect(try cluster.status("web").rollout.state == .rolledBack)
        #expect(cluster.running("web").count == 3)
        #expect(cluster.violation == nil)
    }

    @Test func withoutAutoRollbackItIsHaltedAndTheOldStay() throws {
        var cluster = running { $0.update.autoRollback = false }
        let old = cluster.running("web").map(\.id)
        setBroken(true, &cluster)
        cluster.apply(version(2) { $0.update.autoRollback = false })
        cluster.advance(121)
        let status = try cluster.status("web")
        #expect(status.status == .failed && status.rollout.state == .halted && status.rollout.generation == 2)
        #expect(status.rollout.evidence?.isEmpty == false && status.rollout.updated == 0)
        // What it had beyond the wanted number is given back.
        #expect(cluster.running("web").map(\.id) == old)
        let decision = cluster.fullPass()
        #expect(decision.changes.isEmpty && decision.commands.isEmpty)
        // It waits for someone, over a restart too; what is lost is replaced by what has been ready.
        try cluster.restartControlPlane()
        for id in cluster.agents.keys.sorted() { cluster.connect(id) }
        cluster.advance(300)
        #expect(try cluster.status("web").rollout.state == .halted)
        cluster.disconnect("node-1")
        cluster.advance(12)
        #expect(cluster.running("web").map(\.generation) == [1, 1, 1])
        _ = cluster.request(.drain("node-2"))
        setBroken(false, &cluster)
        cluster.advance(30)
        #expect(cluster.distribution("web")[1] == 0)
        #expect(cluster.running("web").map(\.generation) == [1, 1, 1])
        // A newer apply takes over.
        cluster.apply(version(3))
        cluster.advance(60)
        #expect(cluster.running("web").map(\.generation) == [3, 3, 3])
        #expect(try cluster.status("web").status == .running)
        #expect(try history(cluster).map(\.state) == [.complete, .halted, .complete])
    }

    @Test func aFirstGenerationIsHaltedAndGoesOnOnceItIsReady() throws {
        var cluster = ModelCluster(nodes: 1)
        setBroken(true, &cluster)
        cluster.apply(service("web"))
        cluster.advance(121)
        #expect(try cluster.status("web").status == .failed)
        #expect(try cluster.status("web").rollout.state == .halted)
        setBroken(false, &cluster)
        cluster.advance(3)
        #expect(try cluster.status("web").status == .running)
        #expect(try cluster.status("web").rollout.state == .complete)
    }

    @Test func oneThatFailsForGoodFailsTheRolloutOfAll() throws {
        var cluster = ModelCluster(nodes: 2)
        cluster.apply(service("web", replicas: 2) { $0.restart.policy = .never })
        cluster.settle()
        let failed = cluster.running("web")[0]
        cluster.agents[failed.node]?.set(failed.id, .failed)
        cluster.advance(100)
        #expect(try cluster.status("web").rollout.state == .progressing)
        cluster.advance(25)
        #expect(try cluster.status("web").rollout.state == .halted)
        #expect(try cluster.status("web").rollout.evidence?.first?.replicaId == failed.id)
        #expect(cluster.running("web").count == 1)
    }

    @Test func aFirstGenerationWaitsForItsFirstNodeWithoutADeadline() throws {
        var cluster = ModelCluster()
        cluster.apply(service("web"))
        cluster.advance(600)
        #expect(try cluster.status("web").status == .pending)
        #expect(try cluster.status("web").rollout.state == .progressing)
    }

    /// A generation that was complete with no replicas has proved nothing.
    @Test func whatStartsFromNothingHasADeadlineToo() throws {
        var cluster = running()
        cluster.apply(version(2, replicas: 0))
        cluster.advance(20)
        #expect(try cluster.status("web").observedGeneration == 2)
        setBroken(true, &cluster)
        _ = cluster.request(.scale("web", replicas: 2))
        cluster.advance(121)
        #expect(try cluster.status("web").rollout.state == .rolledBack)
        #expect(try cluster.record("web").specification.value.entry == "index.ts")
    }

    /// What was rolled out as far as there is room is not taken back because a node is missing.
    @Test func aRolloutThatMissesOnlyRoomIsNotRolledBack() throws {
        var cluster = ModelCluster(nodes: 2)
        cluster.apply(service("web", replicas: 3) { $0.ports = [Port(name: "http", port: 80)] })
        cluster.advance(5)
        cluster.apply(version(2) { $0.ports = [Port(name: "http", port: 80)] })
        cluster.advance(600)
        #expect(cluster.running("web").map(\.generation) == [2, 2])
        setBroken(true, &cluster)
        cluster.apply(version(3) { $0.ports = [Port(name: "http", port: 80)] })
        cluster.advance(125)
        setBroken(false, &cluster)
        for replica in cluster.running("web") { cluster.agents[replica.node]?.report(replica.id) }
        cluster.advance(60)
        #expect(try cluster.record("web").specification.value.entry == "v2.ts")
    }

    @Test func whatWasBroughtBackAndFailsTooIsHalted() throws {
        var cluster = running { $0.ports = [Port(name: "http", port: 80)] }
        setBroken(true, &cluster)
        cluster.apply(version(2) { $0.ports = [Port(name: "http", port: 80)] })
        cluster.advance(121)
        #expect(try cluster.status("web").rollout.state == .rolledBack)
        #expect(try cluster.status("web").status == .updating)
        cluster.advance(121)
        let status = try cluster.status("web")
        #expect(status.status == .failed && status.generation == 3)
        #expect(status.rollout.state == .halted && status.rollout.generation == 3)
    }

    @Test func reapplyingWhatWasRolledBackTriesAgain() throws {
        var cluster = rolledBack()
        setBroken(false, &cluster)
        let result = try cluster.apply(version(2)).result
        #expect(
            result.changes == [
                ServiceChange(service: "web", action: .updated, generation: 4, fields: ["entry"])
            ])
        cluster.advance(60)
        #expect(cluster.running("web").map(\.generation) == [4, 4, 4])
        let status = try cluster.status("web")
        #expect(status.rollout == ServiceStatus.Rollout(generation: 4, state: .complete, updated: 3, available: 3))
    }

    @Test func aRollbackIsKeptOverARestartAndAScale() throws {
        var cluster = rolledBack()
        let before = try cluster.status("web").rollout
        try cluster.restartControlPlane()
        for id in cluster.agents.keys.sorted() { cluster.connect(id) }
        setBroken(false, &cluster)
        _ = cluster.request(.scale("web", replicas: 2))
        cluster.advance(10)
        let after = try cluster.status("web").rollout
        #expect(after.state == .rolledBack && after.generation == 2 && after.reason == before.reason)
        #expect(after.evidence == before.evidence)
        #expect(try cluster.status("web").status == .running)
    }

    @Test func deadlinesStartAfreshWithTheControlPlane() throws {
        var cluster = running()
        setBroken(true, &cluster)
        cluster.apply(version(2))
        cluster.advance(100)
        try cluster.restartControlPlane()
        for id in cluster.agents.keys.sorted() { cluster.connect(id) }
        cluster.advance(100)
        #expect(try cluster.status("web").rollout.state == .progressing)
        cluster.advance(25)
        #expect(try cluster.status("web").rollout.state == .rolledBack)
    }

    /// A release is not to blame for a cluster that is not there.
    @Test func noDeadlinePassesWhileNoNodeIsThere() throws {
        var cluster = running()
        setBroken(true, &cluster)
        cluster.apply(version(2))
        cluster.advance(100)
        for id in cluster.agents.keys.sorted() { cluster.disconnect(id) }
        cluster.advance(600)
        #expect(try cluster.status("web").rollout.state == .progressing)
        cluster.connect("node-2")
        cluster.advance(119)
        #expect(try cluster.status("web").rollout.state == .progressing)
        cluster.advance(2)
        #expect(try cluster.status("web").rollout.state == .rolledBack)
        #expect(cluster.violation == nil)
    }

    /// The time goes on as long as there is any node.
    @Test func theDeadlinePassesThoughNodesCome() throws {
        var cluster = running()
        setBroken(true, &cluster)
        cluster.apply(version(2))
        cluster.advance(50)
        cluster.shutDown("node-1")
        cluster.shutDown("node-2")
        cluster.advance(50)
        cluster.connect("node-1")
        cluster.advance(19)
        #expect(try cluster.status("web").rollout.state == .progressing)
        cluster.advance(2)
        #expect(try cluster.status("web").rollout.state == .rolledBack)
    }

    @Test func aFailedRestartLeavesTheOldProcesses() throws {
        var cluster = running()
        let old = cluster.running("web").map(\.id)
        setBroken(true, &cluster)
        _ = cluster.request(.restart("web"))
        cluster.advance(125)
        #expect(cluster.running("web").map(\.id) == old)
        #expect(try cluster.status("web").rollout.state == .rolledBack)
        #expect(try cluster.status("web").status == .running)
    }

    @Test func aNewerApplyTakesOverMidway() throws {
        var cluster = running()
        cluster.apply(version(2))
        cluster.advance(2.5)
        #expect(Set(cluster.running("web").map(\.generation)) == [1, 2])
        cluster.apply(version(3))
        cluster.advance(30)
        #expect(cluster.running("web").map(\.generation) == [3, 3, 3])
        #expect(try history(cluster).map(\.state) == [.complete, .superseded, .complete])
        #expect(cluster.violation == nil)
    }

    @Test func applyingTheOldDocumentMidwayKeepsTheOldReplicas() throws {
        var cluster = running()
        cluster.apply(version(2))
        cluster.advance(2.5)
        let old = cluster.running("web").filter { $0.generation == 1 }.map(\.id)
        cluster.apply(service("web", replicas: 3))
        cluster.advance(30)
        #expect(old.count == 2 && Set(old).isSubset(of: cluster.running("web").map(\.id)))
        #expect(cluster.running("web").map(\.generation) == [3, 3, 3])
    }

    @Test func someoneGoesBackToThePreviousProcessesAndKeepsTheReplicas() throws {
        var cluster = running()
        cluster.apply(version(2))
        cluster.advance(30)
        _ = cluster.request(.scale("web", replicas: 4))
        cluster.advance(5)
        let result = try cluster.request(.rollBack("web", to: nil)).result
        #expect(result.changes == [ServiceChange(service: "web", action: .updated, generation: 4, fields: ["entry"])])
        #expect(result.revision == 4)
        cluster.advance(60)
        #expect(cluster.running("web").map(\.generation) == [4, 4, 4, 4])
        let record = try cluster.record("web")
        #expect(record.specification.value.entry == "index.ts" && record.specification.value.replicas == 4)
        #expect(record.status.rollout.state == .complete && record.status.status == .running)
        // And forth again, by number.
        let again = try cluster.request(.rollBack("web", to: 2)).result
        #expect(again.changes.map(\.generation) == [5])
        cluster.advance(60)
        #expect(try cluster.record("web").specification.value.entry == "v2.ts")
        #expect(try cluster.record("web").specification.value.replicas == 4)
    }

    @Test func undoingMidwayIsTheEndOfThatRollout() throws {
        var cluster = running()
        let old = cluster.running("web").map(\.id)
        setBroken(true, &cluster)
        cluster.apply(version(2))
        cluster.settle()
        _ = cluster.request(.rollBack("web", to: nil))
        cluster.advance(5)
        #expect(cluster.running("web").map(\.id) == old)
        let status = try cluster.status("web")
        #expect(status.rollout.state == .rolledBack && status.rollout.generation == 2 && status.status == .running)
    }

    @Test func whatCannotBeGoneBackToIsRefused() throws {
        var cluster = running()
        #expect(try cluster.request(.rollBack("web", to: nil)).error.code == .conflict)
        #expect(try cluster.request(.rollBack("web", to: 9)).error.code == .notFound)
        #expect(try cluster.request(.rollBack("none", to: nil)).error.code == .notFound)
        #expect(try cluster.request(.rollBack("web", to: 1)).result.changes.map(\.action) == [.unchanged])
        cluster = rolledBack()
        // The only other one has failed.
        #expect(try cluster.request(.rollBack("web", to: nil)).error.code == .conflict)
    }

    @Test func whatNeedsNoNewProcessesIsGoneBackToWithoutAny() throws {
        var cluster = running()
        cluster.apply(service("web", replicas: 3) { $0.stop.gracePeriodSeconds = 1 })
        cluster.advance(5)
        let old = cluster.running("web").map(\.id)
        let result = try cluster.request(.rollBack("web", to: 1)).result
        #expect(result.changes.map(\.fields) == [["stop.gracePeriodSeconds"]])
        cluster.advance(5)
        #expect(cluster.running("web").map(\.id) == old)
        #expect(cluster.store.generations["web"]?[3]?.restartFrom == 1)
    }

    @Test func theHistoryTellsOfThisServiceAlone() throws {
        var cluster = rolledBack()
        setBroken(false, &cluster)
        let entries = try history(cluster)
        #expect(entries.map(\.generation) == [3, 2, 1])
        #expect(entries.map(\.state) == [.complete, .rolledBack, .complete])
        #expect(entries.map(\.restartFrom) == [3, 2, 1])
        #expect(entries.map(\.fields) == [["entry"], ["entry"], []])
        #expect(entries[0].undoes == 2 && entries[1].reason != nil && entries[1].evidence?.isEmpty == false)
        #expect(cluster.state.history(of: "none") == nil)
        _ = cluster.request(.remove("web"))
        cluster.apply(version(9))
        #expect(try history(cluster).map(\.generation) == [4])
        #expect(try cluster.request(.rollBack("web", to: 1)).error.code == .notFound)
        cluster.advance(20)
        try cluster.restartControlPlane()
        #expect(try history(cluster).map(\.generation) == [4])
    }
}
