import OrionCore
import OrionScheduler
import OrionTesting
import Testing

@testable import OrionServer

@Suite("What agents and clients may do to the hub", .timeLimit(.minutes(5)))
struct LogHostileTests {
    static let output = LogHubMachineTests.one

    var cluster = ModelLogCluster()
    var random = SeededGenerator(seed: 1)

    init() { cluster.connect("n1") }

    /// A client of the one replica.
    mutating func open(_ start: LogStart) throws -> Int {
        try cluster.open(LogHubMachineTests.query(start), [Self.output.replica: "n1"])
    }

    /// The subscription that began there.
    func reader(_ start: LogStart) throws -> LogReader {
        try #require(cluster.machine.readers.values.first { $0.start == start })
    }

    /// The agent sends this, whatever it was asked.
    mutating func send(
        _ reader: LogReader, _ offset: Int64, _ text: String, length: Int64? = nil, skipped: Int64? = nil
    ) {
        var chunk = LogChunk(
            id: reader.id, replicaId: Self.output.replica, stream: .stdout, offset: offset,
            length: length ?? Int64(text.utf8.count), data: text)
        chunk.skipped = skipped
        cluster.perform(cluster.machine.received(chunk, from: SessionID(rawValue: 1)))
    }

    @Test("A text that is shorter than what it stands for holds nothing up", arguments: [0, 4, 5, 13, 14] as [Int64])
    mutating func shortText(_ start: Int64) throws {
        let client = try open(.offset(start))
        let reader = try reader(.offset(start))
        cluster.pull(client)
        send(reader, 0, "abc")
        send(reader, 3, "", length: 10)
        send(reader, 13, "\n")
        cluster.pull(client)
        #expect(cluster.text(client) == "abc\n")
        #expect(cluster.waiting == [client])
    }

    @Test("A client that says that it is far ahead lets an agent send no more than another does")
    mutating func farAhead() throws {
        let client = try open(.offset(ServerLimits.fileBytes))
        let reader = try reader(.offset(ServerLimits.fileBytes))
        send(reader, 0, "one\n")
        #expect(reader.credit <= ServerLimits.logWindowBytes)
        cluster.pull(client)
        #expect(cluster.text(client) == "one\n")
    }

    @Test("A file that is truncated begins anew for all, and its agent may send no more than before")
    mutating func truncated() throws {
        let quick = try open(.offset(0))
        let slow = try open(.offset(0))
        let reader = try reader(.offset(0))
        send(reader, 10 << 20, "lost\none\n", skipped: 10 << 20)
        cluster.pull(quick)
        send(reader, 0, "new\n")
        #expect(reader.credit <= ServerLimits.logWindowBytes)
        for number in 0..<10_000 { send(reader, 4 + Int64(number) * 8, String(number + 1_000_000) + "\n") }
        cluster.settle([quick, slow], using: &random)
        let pages = cluster.text(quick)
        #expect(pages.contains("one\nnew\n1000000\n"))
        #expect(cluster.text(slow).hasPrefix("new\n1000000\n"))
        #expect(reader.credit <= ServerLimits.logWindowBytes)
    }

    @Test("Of three subscriptions, none is moved to one that has just ended")
    mutating func threeReaders() throws {
        let clients = [try open(.offset(8)), try open(.offset(0)), try open(.offset(4))]
        let (ahead, between, behind) = (try reader(.offset(8)), try reader(.offset(0)), try reader(.offset(4)))
        send(ahead, 8, "ccc\n")
        send(behind, 4, "bbb\nc")
        send(between, 0, "aaa\nbbb\n")
        cluster.pull(clients[1])
        send(between, 8, "cc")
        #expect(Set(cluster.machine.readers.keys) == [ahead.id, behind.id])
        send(behind, 9, "cc\n")
        for client in clients { cluster.pull(client) }
        #expect(cluster.text(clients[0]) == "ccc\n")
        #expect(cluster.text(clients[1]) == "aaa\nbbb\nccc\n")
        #expect(cluster.text(clients[2]) == "bbb\nccc\n")
    }

    @Test(
        "A page is bounded by its bytes, however short the lines and however many the outputs",
        arguments: [true, false])
    mutating func pages(_ isExact: Bool) throws {
        let replicas = (0..<ServerLimits.logReplicas).map {
            ReplicaID(service: "web", fence: Fence(rawValue: UInt64($0) + 100_000))
        }
        let client = try cluster.open(
            LogHubMachineTests.query(.offset(0), format: .events),
            Dictionary(uniqueKeysWithValues: replicas.map { ($0, "n1") }))
        let reader = try #require(cluster.machine.readers.values.first { $0.output.replica == replicas[0] })
        let text = String(repeating: "\n", count: 2000) + (isExact ? "" : "\u{FFFD}\n")
        var chunk = LogChunk(
            id: reader.id, replicaId: replicas[0], stream: .stdout, offset: 0, length: isExact ? 2000 : 2002, data: text
        )
        chunk.end = true
        cluster.perform(cluster.machine.received(chunk, from: SessionID(rawValue: 1)))
        while cluster.pages[client]?.count ?? 0 < 2000, !cluster.waiting.contains(client) { cluster.pull(client) }
        let pages = cluster.pages[client] ?? []
        #expect(pages.count > 100)
        #expect(pages.allSatisfy { $0.utf8.count < 2 * ServerLimits.logPageBytes })
        #expect(
            cluster.text(client).split(separator: "\n").count { $0.contains("\"line\"") } == (isExact ? 2000 : 2001))
    }
}
