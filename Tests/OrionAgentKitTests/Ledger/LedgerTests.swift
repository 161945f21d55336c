import Glibc
import OrionCore
import Testing

@testable import OrionAgentKit

@Suite struct LedgerTests {
    let folder: TestFolder
    let web = SharedSpecification(ServiceSpecification(name: "web"))

    init() throws {
        folder = try TestFolder()
    }

    var path: String { folder.path("ledger") }

    func record(_ number: Int, _ specification: SharedSpecification? = nil) -> LedgerRecord {
        let specification = specification ?? web
        let service = specification.value.name
        return LedgerRecord(
            id: ReplicaID(service: service, fence: Fence(rawValue: UInt64(number))), service: service,
            fence: Fence(rawValue: UInt64(number)), specification: specification, generation: 2, ports: ["http": 4000])
    }

    @Test func remembersEverything() throws {
        var (ledger, contents) = try Ledger.open(path)
        #expect(contents.records.isEmpty)
        var record = record(1)
        record.phase = .ready
        record.restarts = 3
        record.attempts = 2
        record.startedAt = Timestamp(milliseconds: 123)
        record.exit = .signalled(.kill)
        record.message = "a \"b\"\n"
        record.process = ProcessIdentity(pid: 42, startTicks: 99, bootID: "boot")
        ledger.put(record)
        contents = try Ledger.open(path).contents
        let read = try #require(contents.records[record.id])
        #expect(read.status == record.status)
        #expect(read.process == record.process)
        #expect(read.attempts == 2)
        #expect(read.fence == Fence(rawValue: 1))
        #expect(read.specification.value == web.value)
        #expect(contents.damage.isEmpty)
    }

    @Test(arguments: [OrionAgentKit.ExitStatus.exited(7), .signalled(.terminate), .unknown]) func remembersExits(
        _ exit: OrionAgentKit.ExitStatus
    ) throws {
        var ledger = try Ledger.open(path).ledger
        var record = record(1)
        record.exit = exit
        ledger.put(record)
        #expect(try Ledger.open(path).contents.records[record.id]?.exit == exit)
    }

    @Test func theLastWordCounts() throws {
        var ledger = try Ledger.open(path).ledger
        var first = record(1)
        var second = record(2)
        ledger.put(first)
        ledger.put(second)
        first.phase = .stopped
        ledger.put(first)
        ledger.put(RetiredReplica(id: first.id, service: "web", at: Timestamp(milliseconds: 5)))
        second.phase = .backoff
        ledger.put(second)
        let contents = try Ledger.open(path).contents
        #expect(contents.records.values.map(\.id) == [second.id])
        #expect(contents.records[second.id]?.phase == .backoff)
        #expect(contents.retired.keys.map { $0 } == [first.id])
        ledger = try Ledger.open(path).ledger
        _ = ledger.write(.removed(first.id))
        #expect(try Ledger.open(path).contents.retired.isEmpty)
    }

    @Test func writesASpecificationOnce() throws {
        var ledger = try Ledger.open(path).ledger
        for number in 1...10 { ledger.put(record(number)) }
        let lines = folder.read("ledger").split(separator: "\n")
        #expect(lines.count { $0.hasPrefix("{\"specification\"") } == 1)
        #expect(lines.count == 11)
        let other = SharedSpecification(ServiceSpecification(name: "api"))
        ledger.put(record(11, other))
        let contents = try Ledger.open(path).contents
        #expect(contents.records.count == 11)
        #expect(contents.records[record(11, other).id]?.specification.value.name == "api")
    }

    @Test func survivesWhatACrashCutOff() throws {
        var ledger = try Ledger.open(path).ledger
        ledger.put(record(1))
        let whole = folder.read("ledger")
        ledger.put(record(2))
        let all = folder.read("ledger")
        for length in whole.utf8.count..<all.utf8.count {
            try folder.write(String(all.utf8.prefix(length)) ?? "", to: "ledger")
            let contents = try Ledger.open(path).contents
            #expect(contents.records.keys.map { $0 } == [record(1).id])
            #expect(contents.damage.isEmpty)
        }
    }

    @Test func usesTheRestOfADamagedOne() throws {
        var ledger = try Ledger.open(path).ledger
        ledger.put(record(1))
        try folder.write(folder.read("ledger") + "gar\u{0}bage\n", to: "ledger")
        ledger = try Ledger.open(path).ledger
        #expect(folder.read("ledger.damaged").hasSuffix("gar\u{0}bage\n"))
        ledger.put(record(2))
        let contents = try Ledger.open(path).contents
        #expect(contents.records.count == 2)
        #expect(contents.damage.isEmpty)
    }

    @Test func aDamagedOneThatCannotBeKeptIsLeftAsItIs() throws {
        try folder.write("garbage\n", to: "ledger")
        mkdir(path + ".damaged", 0o755)
        mkdir(path + ".damaged/in the way", 0o755)
        #expect {
            try Ledger.open(path)
        } throws: { error in
            "\(error)".hasPrefix("the ledger \(path) is damaged, and cannot be kept as \(path).damaged: ")
        }
        #expect(folder.read("ledger") == "garbage\n")
    }

    @Test func oneFlushServesMany() async throws {
        var ledger = try Ledger.open(path).ledger
        var numbers: [Int32] = []
        for number in 1...100 { ledger.put(record(number)) }
        let durable = ledger
        await withTaskGroup(of: Int32.self) { group in
            for _ in 1...100 {
                group.addTask {
                    await withCheckedContinuation { done in durable.whenDurable { done.resume(returning: $0) } }
                }
            }
            for await number in group { numbers.append(number) }
        }
        #expect(numbers == Array(repeating: 0, count: 100))
    }

    @Test func asksForARewriteWhenItHasGrown() throws {
        var ledger = try Ledger.open(path).ledger
        var record = record(1)
        record.message = String(repeating: "x", count: 100_000)
        var count = 0
        while ledger.write(.replica(record)) == 0, !ledger.hasGrown { count += 1 }
        #expect((8...12).contains(count))
        var contents = LedgerContents()
        contents.take(.replica(record))
        try ledger.rewrite(contents)
        ledger.put(record)
        #expect(try Ledger.open(path).contents.records[record.id]?.message == record.message)
    }

    @Test func keepsTheYoungestOfEachService() {
        let day = RetiredReplica.keptMilliseconds
        func retired(_ service: ServiceName, _ at: Int64) -> RetiredReplica {
            RetiredReplica(
                id: ReplicaID(rawValue: "\(service)-\(at)"), service: service, at: Timestamp(milliseconds: at))
        }
        let all = (0..<7).map { retired("web", $0) } + [retired("api", 3), retired("api", -day)]
        let gone = RetiredReplica.expired(all, now: Timestamp(milliseconds: 7))
        #expect(Set(gone) == [retired("web", 0), retired("web", 1), retired("api", -day)])
    }
}

extension Ledger {
    fileprivate mutating func put(_ record: LedgerRecord) {
        let number = write(.replica(record))
        #expect(number == 0)
    }

    fileprivate mutating func put(_ retired: RetiredReplica) {
        let number = write(.retired(retired))
        #expect(number == 0)
    }
}
