import OrionCore
import OrionTesting
import Testing

@testable import OrionServer

/// A random history of writes, sends, pulls, ends of sessions, and clients that come, go and come back by their last
/// event's id. What each of them saw must be each line once and in order, but for what it was told that it missed.
struct LogHistory {
    private struct Client {
        var number: Int
        /// The number of the next line of each output.
        var seen: [LogOutput: Int] = [:]
        /// Outputs of which it was told that some are missing.
        var gaps: Set<LogOutput> = []
        var pagesRead = 0
        var cursor = ""
    }

    private var random: SeededGenerator
    private let seed: UInt64
    private var cluster = ModelLogCluster()
    private var clients: [Client] = []
    private let outputs = [LogHubMachineTests.one, LogHubMachineTests.two]
    private let nodes: [ReplicaID: NodeID] = ["web-000001": "n1", "web-000002": "n2"]
    private var written: [LogOutput: Int] = [:]
    private var connected: Set<NodeID> = ["n1", "n2"]

    init(seed: UInt64) {
        self.seed = seed
        random = SeededGenerator(seed: seed)
        cluster.connect("n1")
        cluster.connect("n2")
    }

    mutating func run() throws {
        for _ in 0..<400 { try step() }
        for node in ["n1", "n2"] as [NodeID] where !connected.contains(node) { cluster.connect(node) }
        cluster.settle(clients.map(\.number), using: &random)
        for index in clients.indices {
            try read(index)
            for output in outputs {
                #expect(clients[index].seen[output, default: 0] == written[output, default: 0], "ORION_SEED=\(seed)")
            }
        }
        for client in clients { cluster.leave(client.number) }
        #expect(cluster.machine.readers.isEmpty, "ORION_SEED=\(seed)")
    }

    private mutating func step() throws {
        switch Int.random(in: 0..<20, using: &random) {
        case 0..<5: write()
        case 5..<10: for _ in 0..<20 { _ = cluster.send(using: &random) }
        case 10..<15:
            if let client = clients.randomElement(using: &random) { cluster.pull(client.number) }
        case 15: try open()
        case 16: try comeBack()
        case 17:
            guard connected.count > 1, let node = connected.sorted().randomElement(using: &random) else { return }
            connected.remove(node)
            cluster.disconnect(node)
        default:
            for node in ["n1", "n2"] as [NodeID] where connected.insert(node).inserted { cluster.connect(node) }
        }
        for index in clients.indices { try read(index) }
    }

    /// Lines that say their number, some of them long.
    private mutating func write() {
        let output = outputs[Int.random(in: 0..<2, using: &random)]
        for _ in 0..<Int.random(in: 1...20, using: &random) {
            let number = written[output, default: 0]
            written[output] = number + 1
            let length = Int.random(in: 0..<10, using: &random) == 0 ? 20_000 : 60
            let rest = String(repeating: "x", count: Int.random(in: 0..<length, using: &random))
            cluster.agents[nodes[output.replica] ?? ""]?.write(output, "\(number) \(rest)\n")
        }
    }

    private mutating func open() throws {
        guard clients.count < 6 else { return }
        let number = try cluster.open(LogHubMachineTests.query(.offset(0), format: .events), nodes)
        clients.append(Client(number: number))
    }

    /// A client's connection breaks, in the middle of what it was sent perhaps, and it comes back.
    private mutating func comeBack() throws {
        guard let index = clients.indices.randomElement(using: &random), !clients[index].cursor.isEmpty else { return }
        cluster.leave(clients[index].number)
        let cursor = try LogCursor(clients[index].cursor, of: "web")
        clients[index].number = try cluster.open(
            LogHubMachineTests.query(.offset(0), format: .events, cursor: cursor), nodes)
        clients[index].pagesRead = 0
    }

    /// Reads the events that came since the last time.
    private mutating func read(_ index: Int) throws {
        let pages = cluster.pages[clients[index].number] ?? []
        let text = pages[clients[index].pagesRead...].joined()
        clients[index].pagesRead = pages.count
        var last: String?
        for event in text.split(separator: "\n\n") {
            var fields: [Substring: Substring] = [:]
            for line in event.split(separator: "\n") {
                let parts = line.split(separator: ": ", maxSplits: 1)
                if parts.count == 2 { fields[parts[0]] = parts[1] }
            }
            if let id = fields["id"] { last = String(id) }
            guard let data = fields["data"], fields["event"] == nil || fields["event"] == "missed" else { continue }
            let body = try OrionJSON.parse(Array(data.utf8))
            let output = LogOutput(
                replica: ReplicaID(rawValue: try #require(body["replica"].text)), stream: .stdout)
            if fields["event"] == "missed" {
                clients[index].gaps.insert(output)
                continue
            }
            let number = try #require(body["line"].text?.split(separator: " ").first.flatMap { Int($0) })
            let expected = clients[index].seen[output, default: 0]
            let isAfterGap = clients[index].gaps.remove(output) != nil
            #expect(isAfterGap ? number > expected : number == expected, "ORION_SEED=\(seed): \(output)")
            clients[index].seen[output] = number + 1
        }
        if let last { clients[index].cursor = last }
    }
}
