import Glibc
import OrionCore
import OrionScheduler
import OrionTesting
import Testing

@testable import OrionServer

@Suite("The hub between agents and clients")
struct LogHubMachineTests {
    static let one = LogOutput(replica: "web-000001", stream: .stdout)
    static let two = LogOutput(replica: "web-000002", stream: .stdout)

    static func query(
        _ start: LogStart = .offset(0), follows: Bool = true, replica: ReplicaID? = nil,
        format: LogQuery.Format = .text, cursor: LogCursor = LogCursor()
    ) -> LogQuery {
        var query = LogQuery(service: "web")
        query.start = start
        query.follows = follows
        query.replica = replica
        query.streams = [.stdout]
        query.format = format
        query.cursor = cursor
        return query
    }

    /// What a seed says, where one is given: `ORION_SEED`.
    static var seeds: [UInt64] {
        if let text = getenv("ORION_SEED"), let seed = UInt64(String(cString: text)) { return [seed] }
        return Array(0..<12)
    }

    var cluster = ModelLogCluster()
    var random = SeededGenerator(seed: 1)

    init() { cluster.connect("n1") }

    @Test("A thousand clients of one replica cost its agent one subscription")
    mutating func oneStream() throws {
        cluster.agents["n1"]?.write(Self.one, "one\n")
        var clients: [Int] = []
        for number in 0..<ServerLimits.logFollowers {
            clients.append(try cluster.open(Self.query(.lastLines(10)), [Self.one.replica: "n1"]))
            if number == 500 { cluster.settle(clients, using: &random) }
        }
        cluster.agents["n1"]?.write(Self.one, "two\n")
        cluster.settle(clients, using: &random)
        for client in clients { #expect(cluster.text(client) == "one\ntwo\n") }
        #expect(cluster.agents["n1"]?.begun == 1)
        #expect(cluster.machine.readers.count == 1)
        #expect(throws: OrionError.self) { try cluster.open(Self.query(), [Self.one.replica: "n1"]) }
        for client in clients { cluster.leave(client) }
        #expect(cluster.machine.readers.isEmpty && cluster.machine.readersByOutput.isEmpty)
        #expect(cluster.agents["n1"]?.subscriptions.isEmpty == true)
    }

    @Test("A client that does not read costs nothing, holds up nobody, and is told what it missed")
    mutating func slowClient() throws {
        let slow = try cluster.open(Self.query(), [Self.one.replica: "n1"])
        let quick = try cluster.open(Self.query(), [Self.one.replica: "n1"])
        cluster.pull(slow)
        var expected = ""
        var number = 0
        while expected.utf8.count < 2 << 20 {
            let text = (0..<100).map { "line \(number + $0)\n" }.joined()
            number += 100
            expected += text
            cluster.agents["n1"]?.write(Self.one, text)
            cluster.settle([quick], using: &random)
            let kept = cluster.machine.readers.values.map(\.backlog.keptBytes).reduce(0, +)
            #expect(kept <= ServerLimits.logBacklogBytes + ServerLimits.logWindowBytes)
        }
        #expect(cluster.text(quick) == expected)
        cluster.settle([slow], using: &random)
        let lines = cluster.text(slow).split(separator: "\n").map(String.init)
        let notes = lines.filter { $0.hasPrefix("[orion]") }
        #expect(notes.count == 1)
        let missed = try #require(
            notes.first.flatMap { $0.split(separator: " ").dropFirst().first.flatMap { Int($0) } })
        let shown = lines.filter { !$0.hasPrefix("[orion]") }.reduce(0) { $0 + $1.utf8.count + 1 }
        #expect(missed + shown == expected.utf8.count)
    }

    @Test("A client that is alone misses nothing: its agent waits for it")
    mutating func aloneAndSlow() throws {
        let client = try cluster.open(Self.query(), [Self.one.replica: "n1"])
        let expected = (0..<100_000).map { "line \($0)\n" }.joined()
        cluster.agents["n1"]?.write(Self.one, expected)
        while cluster.send(using: &random) {}
        #expect((cluster.machine.readers.values.first?.backlog.position ?? 0) <= ServerLimits.logWindowBytes)
        cluster.settle([client], using: &random)
        #expect(cluster.text(client) == expected)
    }

    @Test("An agent that comes back goes on where it was")
    mutating func reconnect() throws {
        let client = try cluster.open(Self.query(), [Self.one.replica: "n1"])
        cluster.agents["n1"]?.write(Self.one, "one\ntw")
        cluster.settle([client], using: &random)
        cluster.disconnect("n1")
        cluster.agents["n1"]?.write(Self.one, "o\nthree\n")
        cluster.settle([client], using: &random)
        #expect(cluster.text(client) == "one\n")
        cluster.connect("n1")
        cluster.settle([client], using: &random)
        #expect(cluster.text(client) == "one\ntwo\nthree\n")
    }

    @Test("What comes while an agent is away is not missed where nothing had come before")
    mutating func nothingBefore() throws {
        let client = try cluster.open(Self.query(.lastLines(0)), [Self.one.replica: "n1"])
        cluster.settle([client], using: &random)
        cluster.disconnect("n1")
        cluster.agents["n1"]?.write(Self.one, "meanwhile\n")
        cluster.connect("n1")
        cluster.settle([client], using: &random)
        #expect(cluster.text(client) == "meanwhile\n")
    }

    @Test("A client that has seen no line yet is told where to go on")
    mutating func cursorBeforeLines() throws {
        cluster.agents["n1"]?.write(Self.one, "before\n")
        let client = try cluster.open(Self.query(.lastLines(0), format: .events), [Self.one.replica: "n1"])
        cluster.settle([client], using: &random)
        #expect(cluster.text(client).hasSuffix("event: cursor\nid: 000001:o7\ndata: {}\n\n"))
    }

    @Test("Who follows a service goes on with the replicas to come; who follows a replica ends with it")
    mutating func successors() throws {
        let service = try cluster.open(Self.query(), [Self.one.replica: "n1"])
        let replica = try cluster.open(Self.query(replica: Self.one.replica), [Self.one.replica: "n1"])
        cluster.agents["n1"]?.write(Self.one, "one\nlast")
        cluster.settle([service, replica], using: &random)
        cluster.agents["n1"]?.ended = [Self.one.replica]
        cluster.connect("n2")
        cluster.agents["n2"]?.write(Self.two, "two\n")
        cluster.place("web", [Self.two.replica: "n2"])
        cluster.settle([service, replica], using: &random)
        #expect(cluster.text(replica) == "one\nlast\n")
        #expect(cluster.ended == [replica])
        let lines = Set(cluster.text(service).split(separator: "\n").dropFirst())
        #expect(lines == ["web-000001 | last", "web-000002 | two"] || lines == ["last", "web-000002 | two"])
        cluster.place("web", nil)
        cluster.agents["n2"]?.ended = [Self.two.replica]
        cluster.settle([service], using: &random)
        #expect(cluster.ended == [replica, service])
        #expect(cluster.machine.readers.isEmpty && cluster.machine.followers.isEmpty)
    }

    @Test("Nodes that are not there: none is a refusal, some are a note")
    mutating func absentNodes() throws {
        let error = #expect(throws: OrionError.self) { try cluster.open(Self.query(), [Self.one.replica: "away"]) }
        #expect(error?.code == .unavailable && error?.message.contains("away is not connected") == true)
        cluster.connect("old", sendsLogs: false)
        let old = #expect(throws: OrionError.self) { try cluster.open(Self.query(), [Self.one.replica: "old"]) }
        #expect(old?.message.contains("upgrade") == true)
        cluster.agents["n1"]?.write(Self.one, "one\n")
        let client = try cluster.open(Self.query(follows: false), [Self.one.replica: "n1", Self.two.replica: "away"])
        cluster.settle([client], using: &random)
        #expect(cluster.text(client) == "[orion] node away is not connected: web-000002 is left out\none\n")
        #expect(cluster.ended == [client])
        let follower = try cluster.open(Self.query(), [Self.one.replica: "n1", Self.two.replica: "old"])
        cluster.settle([follower], using: &random)
        #expect(
            cluster.text(follower)
                == "[orion] the agent of node old does not send logs: web-000002 is shown once it is upgraded\nweb-000001 | one\n"
        )
    }

    @Test("An agent that sends more than it may is ended")
    mutating func greedyAgent() throws {
        _ = try cluster.open(Self.query(), [Self.one.replica: "n1"])
        let id = try #require(cluster.machine.readers.keys.first)
        let length = ServerLimits.logWindowBytes + 1
        let chunk = LogChunk(id: id, replicaId: Self.one.replica, stream: .stdout, offset: 0, length: length, data: "")
        cluster.perform(cluster.machine.received(chunk, from: SessionID(rawValue: 1)))
        #expect(cluster.closed == [SessionID(rawValue: 1)])
        #expect(cluster.machine.received(chunk, from: SessionID(rawValue: 9)).isEmpty)
    }

    @Test(
        "Whatever happens: each client sees each line once, in order, or is told that it missed it", arguments: seeds)
    func histories(_ seed: UInt64) throws {
        var history = LogHistory(seed: seed)
        try history.run()
    }
}
