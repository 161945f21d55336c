import OrionCore
import OrionScheduler
import OrionTesting
import Testing

@testable import OrionServer

@Suite("A client of more replicas than are shown at a time", .timeLimit(.minutes(5)))
struct LogRoomTests {
    var cluster = ModelLogCluster()
    var random = SeededGenerator(seed: 1)

    init() { cluster.connect("n1") }

    static func replicas(_ numbers: Range<UInt64>) -> [ReplicaID: NodeID] {
        Dictionary(
            uniqueKeysWithValues: numbers.map { (ReplicaID(service: "web", fence: Fence(rawValue: $0)), "n1") })
    }

    @Test("Who is left out is said once, and shown once there is room")
    mutating func leftOut() throws {
        let most = UInt64(ServerLimits.logReplicas)
        let client = try cluster.open(LogHubMachineTests.query(.offset(0)), Self.replicas(1..<most + 1))
        cluster.pull(client)
        let extra = ReplicaID(service: "web", fence: Fence(rawValue: most + 1))
        for _ in 0..<5 {
            cluster.place("web", Self.replicas(1..<most + 2))
            cluster.pull(client)
        }
        #expect(cluster.text(client).split(separator: "\n").count { $0.contains("\(extra) is left out") } == 1)
        cluster.agents["n1"]?.write(LogOutput(replica: extra, stream: .stdout), "hello\n")
        cluster.agents["n1"]?.ended = [ReplicaID(service: "web", fence: Fence(rawValue: 1))]
        cluster.settle([client], using: &random)
        // The first one's output has ended: it goes, and there is room at the next change.
        for _ in 0..<2 { cluster.place("web", Self.replicas(2..<most + 2)) }
        cluster.settle([client], using: &random)
        #expect(cluster.text(client).hasSuffix("\(extra) | hello\n"))
    }

    @Test("Only some searches run at a time, and for none that there is no room for")
    mutating func searches() throws {
        for _ in 0..<ServerLimits.logSearchesAtOnce { _ = try cluster.machine.search(["web-00zzzz"]) }
        let many = #expect(throws: OrionError.self) { try cluster.machine.search(["web-00zzzz"]) }
        #expect(many?.code == .unavailable && many?.message.contains("16 searches") == true)
        #expect(cluster.machine.searches.count == ServerLimits.logSearchesAtOnce)
        cluster.machine.searches = [:]
        for _ in 0..<ServerLimits.logFollowers {
            _ = try cluster.open(LogHubMachineTests.query(), Self.replicas(1..<2))
        }
        let full = #expect(throws: OrionError.self) { try cluster.machine.search(["web-00zzzz"]) }
        #expect(full?.code == .unavailable && cluster.machine.searches.isEmpty)
    }

    @Test("A client of as many replicas as are shown comes back, though some that it knew are forgotten")
    mutating func manyForgotten() throws {
        let most = UInt64(ServerLimits.logReplicas)
        let place = { (number: UInt64) in
            ReplicaPlacement(
                replica: ReplicaID(service: "web", fence: Fence(rawValue: number)), node: "n1", nodeName: "n1")
        }
        let (number, actions) = try cluster.machine.open(
            LogHubMachineTests.query(.offset(0)), (10..<9 + most).map(place), forgotten: (1..<4).map(place))
        cluster.perform(actions)
        let follower = try #require(cluster.machine.followers[number])
        #expect(follower.feeds.count == ServerLimits.logReplicas)
        #expect(follower.follows("web-000003") && !follower.follows("web-000002"))
        cluster.pull(number)
        #expect(cluster.text(number).contains("web-000002 is left out"))
    }
}
