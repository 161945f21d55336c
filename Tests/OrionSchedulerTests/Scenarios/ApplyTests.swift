import OrionCore
import Testing

@testable import OrionScheduler

@Suite struct ApplyTests {
    @Test func createdThenUnchanged() throws {
        var cluster = ModelCluster(nodes: 1)
        let first = try cluster.apply(service("b"), service("a")).result
        #expect(first.status == .accepted && first.revision == 1)
        #expect(
            first.changes == [
                ServiceChange(service: "a", action: .created, generation: 1),
                ServiceChange(service: "b", action: .created, generation: 1),
            ])
        cluster.settle()
        cluster.forgetHeard()
        let again = try cluster.apply(service("b"), service("a")).result
        cluster.settle()
        #expect(again.revision == 1 && again.changes.allSatisfy { $0.action == .unchanged && $0.fields.isEmpty })
        #expect(cluster.heard("node-1").isEmpty)
    }

    @Test func anUpdateNamesTheFieldsThatDiffer() throws {
        var cluster = ModelCluster(nodes: 1)
        cluster.apply(service("web") { $0.env = ["PORT": "1", "OLD": "x"] })
        let result = try cluster.apply(
            service("web", replicas: 2) { service in
                service.env = ["PORT": "2", "NEW": "x"]
                service.restart.maxDelaySeconds = 5
                service.ports = [Port(name: "http")]
                service.health = HealthCheck()
            }
        ).result
        #expect(
            result.changes == [
                ServiceChange(
                    service: "web", action: .updated, generation: 2,
                    fields: [
                        "env.NEW", "env.OLD", "env.PORT", "health", "ports", "replicas", "restart.maxDelaySeconds",
                    ])
            ])
        #expect(result.revision == 2)
    }

    @Test func aDryRunChangesNothing() throws {
        var cluster = ModelCluster(nodes: 1)
        cluster.apply(service("web"), service("old"))
        cluster.settle()
        let before = cluster.store.state.services.count
        let result = try cluster.apply(service("web", replicas: 3), service("new"), dryRun: true, prune: true).result
        #expect(result.status == .planned && result.revision == 1)
        #expect(result.changes.map(\.action) == [.created, .removed, .updated])
        #expect(result.changes.map(\.service) == ["new", "old", "web"])
        #expect(cluster.store.state.services.count == before)
        #expect(cluster.fullPass().changes.isEmpty)
        #expect(try cluster.record("web").specification.value.replicas == 1)
    }

    @Test func servicesThatTheDocumentNoLongerNamesAreKeptOrPruned() throws {
        var cluster = ModelCluster(nodes: 1)
        cluster.apply(service("a"), service("b"))
        cluster.apply(service("other"), name: "another")
        cluster.settle()
        let orphaned = try cluster.apply(service("a")).result
        #expect(orphaned.changes.map(\.action) == [.unchanged, .orphaned] && orphaned.revision == 2)
        let pruned = try cluster.apply(service("a"), prune: true).result
        #expect(pruned.changes.map(\.action) == [.unchanged, .removed] && pruned.revision == 3)
        cluster.settle()
        #expect(cluster.state.serviceRecords().map(\.specification.value.name) == ["a", "other"])
    }

    @Test func aServiceOfAnotherDocumentIsRefusedAtItsPath() throws {
        var cluster = ModelCluster(nodes: 1)
        cluster.apply(service("web"))
        let error = try cluster.apply(service("api"), service("web", replicas: 2), name: "another").error
        #expect(error.code == .conflict)
        #expect(error.issues.map(\.path) == [[.key("spec"), .key("services"), .index(1)]])
        #expect(cluster.state.serviceRecord("api") == nil)
    }

    @Test func aServiceOfAnotherDocumentIsTakenOverOnPurpose() throws {
        var cluster = ModelCluster(nodes: 1)
        cluster.apply(service("web"))
        cluster.settle()
        cluster.forgetHeard()
        let result = try cluster.apply(service("web"), name: "another", takeOver: true).result
        cluster.settle()
        #expect(
            result.changes == [ServiceChange(service: "web", action: .updated, generation: 1, fields: ["config"])])
        #expect(try cluster.status("web").config == "another")
        #expect(cluster.heard("node-1").isEmpty)
        #expect(try cluster.apply(prune: true).result.changes.isEmpty)
    }

    @Test func aDependencyThatIsNowhereIsInvalidAtItsPath() throws {
        var cluster = ModelCluster(nodes: 1)
        cluster.apply(service("db"))
        let error = try cluster.apply(service("web") { $0.dependencies = ["db", "cache"] }, name: "another").error
        #expect(error.code == .invalid)
        #expect(
            error.issues.map(\.path) == [
                [.key("spec"), .key("services"), .index(0), .key("dependencies"), .index(1)]
            ])
        #expect(error.message.contains("cache"))
    }

    @Test func aDependencyThatWouldBePrunedIsInvalidAtItsPath() throws {
        var cluster = ModelCluster(nodes: 1)
        cluster.afterStep = { $0.checkInvariants(before: $1, events: $2, decision: $3) }
        cluster.apply(service("queue"), name: "another")
        let web = service("web") { $0.dependencies = ["queue", "db"] }
        cluster.apply(service("db"), web)
        // What belongs to another document stays.
        let error = try cluster.apply(service("api"), web, prune: true).error
        #expect(error.code == .invalid)
        #expect(
            error.issues.map(\.path) == [
                [.key("spec"), .key("services"), .index(1), .key("dependencies"), .index(1)]
            ])
        #expect(error.message.contains("db would be removed"))
        #expect(cluster.state.serviceRecords().map(\.specification.value.name) == ["db", "queue", "web"])
        let result = try cluster.apply(service("api"), web).result
        #expect(result.changes.map(\.service) == ["api", "db", "web"])
        #expect(result.changes.map(\.action) == [.created, .orphaned, .unchanged])
        #expect(cluster.violation == nil)
    }

    @Test func aCycleOverSeveralDocumentsIsInvalid() throws {
        var cluster = ModelCluster(nodes: 1)
        cluster.apply(service("a"))
        cluster.apply(service("b") { $0.dependencies = ["a"] }, name: "another")
        let error = try cluster.apply(service("a") { $0.dependencies = ["b"] }).error
        #expect(error.code == .invalid && error.issues[0].message.contains("depends on a in turn"))
    }

    @Test func scaleMakesAGenerationAndTouchesNoReplica() throws {
        var cluster = ModelCluster(nodes: 1)
        cluster.apply(service("web", replicas: 2))
        cluster.advance(5)
        cluster.forgetHeard()
        let result = try cluster.request(.scale("web", replicas: 3)).result
        #expect(
            result.changes == [
                ServiceChange(service: "web", action: .updated, generation: 2, fields: ["replicas"])
            ])
        cluster.advance(5)
        #expect(cluster.heard("node-1") == ["launch web-000003"])
        #expect(try cluster.status("web").observedGeneration == 2)
        #expect(try cluster.request(.scale("web", replicas: 3)).result.changes[0].action == .unchanged)
    }

    @Test func scaleRefusesWhatIsOutOfRangeOrNotThere() throws {
        var cluster = ModelCluster(nodes: 1)
        cluster.apply(service("web"))
        #expect(try cluster.request(.scale("web", replicas: 10_001)).error.code == .invalid)
        #expect(try cluster.request(.scale("web", replicas: -1)).error.code == .invalid)
        #expect(try cluster.request(.scale("nobody", replicas: 1)).error.code == .notFound)
    }

    @Test func scalingDownStopsTheYoungest() throws {
        var cluster = ModelCluster(nodes: 3)
        cluster.apply(service("web", replicas: 5))
        cluster.advance(5)
        _ = cluster.request(.scale("web", replicas: 2))
        cluster.settle()
        #expect(cluster.running("web").map(\.id) == ["web-000001", "web-000002"])
        #expect(cluster.store.replicas.count == 2)
        _ = cluster.request(.scale("web", replicas: 0))
        cluster.settle()
        #expect(cluster.store.replicas.isEmpty)
        #expect(try cluster.status("web").status == .stopped)
    }

    @Test func scalingDownSparesReadyReplicas() throws {
        var cluster = ModelCluster(nodes: 2)
        cluster.agents["node-1"]?.broken = ["web"]
        cluster.apply(service("web", replicas: 2))
        cluster.advance(5)
        _ = cluster.request(.scale("web", replicas: 1))
        cluster.settle()
        #expect(cluster.running("web").map(\.node) == ["node-2"])
    }

    @Test func removalStopsTheReplicasAndThenForgetsTheService() throws {
        var cluster = ModelCluster(nodes: 2)
        cluster.apply(service("web", replicas: 2))
        cluster.advance(5)
        let result = try cluster.request(.remove("web")).result
        #expect(result.changes.map(\.action) == [.removed] && result.revision == 2)
        #expect(try cluster.status("web").status == .stopped)
        #expect(try cluster.status("web").instances.map(\.state) == [.stopping, .stopping])
        cluster.settle()
        #expect(cluster.state.serviceRecord("web") == nil)
        #expect(cluster.store.services.isEmpty && cluster.store.generations.isEmpty && cluster.store.replicas.isEmpty)
        #expect(cluster.agents.values.allSatisfy { $0.records.isEmpty })
        #expect(try cluster.request(.remove("web")).error.code == .notFound)
    }

    @Test func lostReplicasDoNotHoldARemovalUp() throws {
        var cluster = ModelCluster(nodes: 1)
        cluster.apply(service("web"))
        cluster.advance(5)
        cluster.disconnect("node-1")
        cluster.advance(11)
        _ = cluster.request(.remove("web"))
        cluster.settle()
        #expect(cluster.state.serviceRecord("web") == nil)
        #expect(cluster.state.serviceRecords().isEmpty)
        cluster.connect("node-1")
        cluster.settle()
        #expect(cluster.agents["node-1"]?.records.isEmpty == true)
        #expect(cluster.store.services.isEmpty)
    }

    @Test func aNameUnderRemovalIsCreatedAnew() throws {
        var cluster = ModelCluster(nodes: 1)
        cluster.apply(service("web"))
        cluster.advance(5)
        let old = try cluster.status("web")
        _ = cluster.request(.remove("web"))
        let result = try cluster.apply(service("web") { $0.entry = "new.ts" }, name: "another").result
        // The number goes on: replicas of the removed one are still about, and a generation means one thing.
        #expect(result.changes == [ServiceChange(service: "web", action: .created, generation: 2)])
        #expect(try cluster.status("web").observedGeneration == 0)
        cluster.advance(5)
        #expect(try cluster.status("web").id != old.id)
        #expect(try cluster.status("web").createdAt > old.createdAt)
        #expect(try cluster.status("web").config == "another")
        #expect(cluster.running("web").map(\.id) == ["web-000002"])
        #expect(cluster.agents["node-1"]?.live == ["web-000002"])
    }

    @Test func declaredNodesAreUnknownUntilTheirAgentComes() throws {
        var cluster = ModelCluster()
        cluster.apply(service("web"), nodes: ["node-1", "node-2"])
        #expect(cluster.state.nodeRecords().map(\.status) == [.unknown, .unknown])
        _ = cluster.request(.cordon("node-1"))
        let agent = ModelAgent("id-1")
        var hello = agent.hello
        hello.name = "node-1"
        cluster.step([.session(cluster.newSession(), .hello(hello, address: "x"))])
        #expect(cluster.state.nodeRecords().map(\.id) == ["id-1", "node-2"])
        #expect(cluster.state.nodeRecords()[0].status == .ready && !cluster.state.nodeRecords()[0].schedulable)
        cluster.apply(service("web"))
        #expect(cluster.state.nodeRecords().map(\.id) == ["id-1"])
        #expect(Set(cluster.store.nodes.keys) == ["id-1"])
    }

    @Test func anAmbiguousNodeNameIsAConflict() throws {
        var cluster = ModelCluster()
        for id in ["a", "b"] {
            var hello = ModelAgent(NodeID(rawValue: id)).hello
            hello.name = "same"
            cluster.step([.session(cluster.newSession(), .hello(hello, address: "x"))])
        }
        #expect(try cluster.request(.cordon("same")).error.code == .conflict)
        #expect(try cluster.request(.cordon("a")).node.id == "a")
        #expect(try cluster.request(.cordon("nobody")).error.code == .notFound)
    }
}
