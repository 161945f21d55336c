import OrionCore
import Testing

@testable import OrionAgentKit

@Suite struct LogSubscriptionsTests {
    static func request(
        _ id: String, _ replica: ReplicaID = "web-000001", offset: Int64? = nil, tail: Int? = nil, follow: Bool = true,
        credit: Int64 = 1000
    ) -> LogRequest {
        var request = LogRequest(id: id)
        request.replicaId = replica
        request.stream = .stdout
        request.offset = offset
        request.tailLines = tail
        request.follow = follow
        request.credit = credit
        return request
    }

    static func more(_ id: String, _ credit: Int64) -> LogRequest {
        var request = LogRequest(id: id)
        request.credit = credit
        return request
    }

    static func piece(_ offset: Int64, _ text: String, skipped: Int64 = 0, isAtEnd: Bool = false)
        -> LogSubscriptions.Outcome
    {
        .piece(
            LogPiece(
                offset: offset, skipped: skipped, text: text, length: Int64(text.utf8.count), isAtEnd: isAtEnd,
                size: offset + Int64(text.utf8.count)))
    }

    var machine = LogSubscriptions()

    @Test mutating func readsAsFarAsTheCreditGoes() throws {
        #expect(machine.received(Self.request("a", offset: 5, credit: 6), isLive: true) == nil)
        let next = machine.next()
        let read = try #require(next)
        #expect(read.place == .offset(5) && read.limit == 6 && !read.isComplete)
        let sent = machine.read("a", Self.piece(5, "hello\n"))
        let chunk = try #require(sent)
        #expect(chunk.offset == 5 && chunk.length == 6 && chunk.data == "hello\n" && chunk.end == nil)
        #expect(machine.next() == nil)
        #expect(machine.received(Self.more("a", 3), isLive: false) == nil)
        // Less than a character may not be enough for anything.
        #expect(machine.next() == nil)
        #expect(machine.received(Self.more("a", 1), isLive: false) == nil)
        #expect(machine.next()?.place == .offset(11))
    }

    @Test mutating func takesTurns() {
        for id in ["a", "b", "c"] { _ = machine.received(Self.request(id, offset: 0, credit: 1 << 20), isLive: true) }
        var order: [String] = []
        for _ in 0..<6 {
            guard let read = machine.next() else { break }
            order.append(read.id)
            #expect(read.limit == LogSubscriptions.chunkBytes)
            _ = machine.read(read.id, Self.piece(0, "x"))
        }
        #expect(order == ["a", "b", "c", "a", "b", "c"])
    }

    @Test mutating func waitsAtTheEndUntilTheFileGrowsOrTheReplicaEnds() throws {
        _ = machine.received(Self.request("a", tail: 10), isLive: true)
        #expect(machine.next()?.place == .lastLines(10))
        #expect(machine.read("a", Self.piece(40, "line\n", isAtEnd: true))?.end == nil)
        #expect(machine.next() == nil)
        #expect(machine.waiting.map(\.size) == [45])
        machine.grew("a")
        #expect(machine.next()?.place == .offset(45))
        #expect(machine.read("a", Self.piece(45, "", isAtEnd: true)) == nil)
        machine.ended("web-000001")
        let next = machine.next()
        let read = try #require(next)
        #expect(read.isComplete)
        let sent = machine.read("a", Self.piece(45, "bye", isAtEnd: true))
        let last = try #require(sent)
        #expect(last.end == true && last.data == "bye")
        #expect(machine.count == 0)
    }

    @Test mutating func whoDoesNotFollowIsDoneAtTheEnd() {
        _ = machine.received(Self.request("a", offset: 0, follow: false), isLive: true)
        _ = machine.next()
        #expect(machine.read("a", Self.piece(0, "x\n", isAtEnd: true))?.end == true)
        #expect(machine.next() == nil && machine.count == 0)
    }

    @Test mutating func saysWhatIsNoLongerKept() throws {
        _ = machine.received(Self.request("a", offset: 0), isLive: true)
        _ = machine.next()
        let sent = machine.read("a", Self.piece(4096, "x\n", skipped: 4096))
        let chunk = try #require(sent)
        #expect(chunk.skipped == 4096 && chunk.offset == 4096)
        #expect(machine.next()?.place == .offset(4098))
    }

    @Test mutating func anOutputThatIsNotThere() {
        _ = machine.received(Self.request("new"), isLive: true)
        _ = machine.next()
        #expect(machine.read("new", .absent) == nil)
        #expect(machine.waiting.count == 1)
        _ = machine.received(Self.request("now", follow: false), isLive: true)
        _ = machine.next()
        #expect(machine.read("now", .absent)?.end == true)
        _ = machine.received(Self.request("gone"), isLive: false)
        _ = machine.next()
        #expect(machine.read("gone", .absent)?.error == "nothing is kept here of web-000001")
        _ = machine.received(Self.request("bad"), isLive: true)
        _ = machine.next()
        #expect(machine.read("bad", .failed("no"))?.error == "no")
        #expect(machine.count == 1)
    }

    /// So that whoever comes back goes on there.
    @Test mutating func whereTheLastLinesBeginIsTold() throws {
        for outcome in [LogSubscriptions.Outcome.absent, Self.piece(0, "", isAtEnd: true)] {
            _ = machine.received(Self.request("tail", tail: 0), isLive: true)
            _ = machine.next()
            let sent = machine.read("tail", outcome)
            let chunk = try #require(sent)
            #expect(chunk.offset == 0 && chunk.length == 0 && chunk.end == nil)
            machine.grew("tail")
            #expect(machine.next()?.place == .offset(0))
            #expect(machine.read("tail", Self.piece(0, "", isAtEnd: true)) == nil)
        }
    }

    @Test mutating func cancelEndsIt() {
        _ = machine.received(Self.request("a"), isLive: true)
        var cancel = LogRequest(id: "a")
        cancel.cancel = true
        _ = machine.received(cancel, isLive: false)
        #expect(machine.next() == nil && machine.count == 0)
        #expect(machine.read("a", Self.piece(0, "late")) == nil)
        // More for one that is no more is no subscription.
        _ = machine.received(Self.more("a", 100), isLive: false)
        #expect(machine.count == 0)
    }

    @Test mutating func isBounded() {
        for number in 0..<LogSubscriptions.maximum {
            #expect(machine.received(Self.request("\(number)"), isLive: true) == nil)
        }
        #expect(machine.received(Self.request("more"), isLive: true)?.error?.contains("no more") == true)
        // A credit without bounds is none that overflows.
        _ = machine.received(Self.more("1", .max), isLive: true)
        _ = machine.received(Self.more("1", .max), isLive: true)
        _ = machine.received(Self.more("1", -5), isLive: true)
        machine.removeAll()
        #expect(machine.next() == nil)
    }
}
