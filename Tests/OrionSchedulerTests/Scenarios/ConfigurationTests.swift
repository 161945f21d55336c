import OrionCore
import Testing

@testable import OrionScheduler

/// What is kept of documents beside their services.
@Suite struct ConfigurationTests {
    @Test func aDocumentGoesWithItsLastService() throws {
        var cluster = ModelCluster(nodes: 1)
        cluster.apply(service("web"), service("api"), name: "shop")
        cluster.settle()
        _ = cluster.request(.remove("web"))
        cluster.settle()
        #expect(cluster.store.configurations.keys.sorted() == ["shop"])
        _ = cluster.request(.remove("api"))
        cluster.settle()
        #expect(cluster.store.configurations.isEmpty && cluster.state.configurations.isEmpty)
    }

    @Test func aDocumentGoesWithWhatAnotherTakesOver() {
        var cluster = ModelCluster(nodes: 1)
        cluster.apply(service("web"), name: "old")
        cluster.apply(service("web"), name: "new", takeOver: true)
        #expect(cluster.store.configurations.keys.sorted() == ["new"])
    }

    @Test func aDocumentThatDeclaresMachinesStaysUntilItDoesNot() throws {
        var cluster = ModelCluster(nodes: 1)
        cluster.apply(service("web"), name: "shop", nodes: ["blade-7"])
        cluster.settle()
        _ = cluster.request(.remove("web"))
        cluster.settle()
        #expect(cluster.store.configurations.keys.sorted() == ["shop"])
        cluster.apply(name: "shop")
        #expect(cluster.store.configurations.isEmpty && cluster.store.nodes.keys.sorted() == ["node-1"])
        let revision = cluster.state.revision
        #expect(try cluster.apply(name: "shop").result.revision == revision)
    }

    @Test func aForgottenMachineReturnsWithTheNextApply() throws {
        var cluster = ModelCluster()
        let first = try cluster.apply(name: "shop", nodes: ["blade-7"]).result.revision
        _ = cluster.request(.forget("blade-7"))
        #expect(cluster.store.nodes.isEmpty)
        #expect(try cluster.apply(name: "shop", nodes: ["blade-7"]).result.revision == first)
        #expect(cluster.store.nodes.keys.sorted() == ["blade-7"])
    }

    @Test func aMachineOfTwoDocumentsStaysWhileOneDeclaresIt() throws {
        var cluster = ModelCluster()
        cluster.apply(name: "shop", nodes: ["blade-7"])
        let warnings = try cluster.apply(name: "bank", nodes: ["blade-7"]).result.warnings
        #expect(
            warnings.map(\.message) == [
                "blade-7 is declared by the configuration shop too: what that one says holds as long as it does"
            ])
        #expect(cluster.store.nodes["blade-7"]?.declaredBy == "shop")
        cluster.apply(name: "shop")
        #expect(cluster.store.nodes["blade-7"]?.declaredBy == "bank")
        cluster.apply(name: "bank")
        #expect(cluster.store.nodes.isEmpty)
    }
}
