import OrionCore
import Testing

@testable import OrionServer

@Suite("A backlog of an output's lines")
struct LogBacklogTests {
    static func chunk(_ offset: Int64, _ text: String, length: Int64? = nil, skipped: Int64? = nil) -> LogChunk {
        var chunk = LogChunk(
            id: "a", replicaId: "web-000001", stream: .stdout, offset: offset, length: length ?? Int64(text.utf8.count),
            data: text)
        chunk.skipped = skipped
        return chunk
    }

    /// All lines from a place on, with the bytes that were missed as `<N>`.
    static func read(_ backlog: LogBacklog, from place: Int64 = 0) -> (lines: [String], place: Int64) {
        var place = place
        var lines: [String] = []
        while let stretch = backlog.lines(from: place, atMost: 10) {
            if stretch.missed > 0 { lines.append("<\(stretch.missed)>") }
            lines += stretch.lines.map { String(decoding: $0.text, as: UTF8.self) }
            place = stretch.end
        }
        return (lines, place)
    }

    @Test("Lines are whole, however they come")
    func wholeLines() {
        var backlog = LogBacklog()
        #expect(backlog.start == nil)
        for (offset, text) in [(0, "one\ntw"), (6, "o"), (7, "\n\nfour\nfi"), (16, "ve")] {
            backlog.append(Self.chunk(Int64(offset), text))
        }
        #expect(Self.read(backlog).lines == ["one", "two", "", "four"])
        #expect(Self.read(backlog).place == 14)
        #expect(Self.read(backlog, from: 4).lines == ["two", "", "four"])
        backlog.finish()
        #expect(Self.read(backlog, from: 9).lines == ["four", "five"])
        #expect(Self.read(backlog).place == 18)
    }

    @Test("Each line says where the next one begins")
    func places() throws {
        var backlog = LogBacklog()
        backlog.append(Self.chunk(100, "one\ntwo\n"))
        let stretch = try #require(backlog.lines(from: 100, atMost: 100))
        #expect(stretch.lines.map(\.end) == [104, 108])
        #expect(backlog.lines(from: 100, atMost: 1)?.end == 104)
        #expect(backlog.lines(from: 108, atMost: 1) == nil)
    }

    @Test("Where bytes were replaced, a line's place is still the file's")
    func replacedBytes() {
        var backlog = LogBacklog()
        backlog.append(Self.chunk(0, "ab"))
        backlog.append(Self.chunk(2, "\u{FFFD}\n", length: 2))
        backlog.append(Self.chunk(4, "next\n"))
        #expect(Self.read(backlog).lines == ["ab\u{FFFD}", "next"])
        #expect(Self.read(backlog, from: 4).lines == ["next"])
        #expect(backlog.lines(from: 0, atMost: 1)?.end == 4)
    }

    @Test("Lines of another agent's text with replaced bytes have places of their own")
    func replacedBytesInLines() {
        var backlog = LogBacklog()
        backlog.append(Self.chunk(0, "a\u{FFFD}\n\nb\nc", length: 7))
        backlog.append(Self.chunk(7, "d\n"))
        #expect(Self.read(backlog).lines == ["a\u{FFFD}", "", "b", "cd"])
        var place: Int64 = 0
        for rest in [["", "b", "cd"], ["b", "cd"], ["cd"], []] {
            place = backlog.lines(from: place, atMost: 1)?.end ?? 0
            #expect(Self.read(backlog, from: place).lines == rest)
        }
        #expect(place == 9)
        // More lines than bytes: nothing that can be, and no harm.
        var wrong = LogBacklog()
        wrong.append(Self.chunk(0, "\n\n\n\n", length: 2))
        #expect(Self.read(wrong).place == 2)
    }

    @Test("A text that is shorter than what it stands for does no harm")
    func shortText() {
        var backlog = LogBacklog()
        backlog.append(Self.chunk(0, "abc"))
        backlog.append(Self.chunk(3, "", length: 10))
        backlog.append(Self.chunk(13, "\n"))
        for place: Int64 in [0, 4, 5, 13] {
            #expect(Self.read(backlog, from: place).lines == ["abc"])
            #expect(Self.read(backlog, from: place).place == 14)
        }
    }

    @Test("What is missing is counted, with the line that lost its beginning")
    func gaps() {
        var backlog = LogBacklog()
        backlog.append(Self.chunk(4096, "rest\nwhole\nhal", skipped: 4096))
        backlog.append(Self.chunk(5000, "f a line\nwhole\n", skipped: 890))
        backlog.finish()
        #expect(Self.read(backlog).lines == ["<4101>", "whole", "hal", "<899>", "whole"])
        var lost = LogBacklog()
        lost.append(Self.chunk(10, "no line", skipped: 10))
        #expect(lost.isDropping)
        #expect(lost.lines(from: 0, atMost: 1) == nil)
        lost.finish()
        #expect(Self.read(lost).lines == ["<17>"])
    }

    @Test("A file that is truncated begins anew")
    func truncated() {
        var backlog = LogBacklog()
        backlog.append(Self.chunk(0, "one\ntwo\n"))
        backlog.append(Self.chunk(90, "the rest of a line", skipped: 82))
        backlog.append(Self.chunk(0, "new\n"))
        #expect(Self.read(backlog).lines == ["new"])
        #expect(backlog.position == 4)
    }

    @Test("It is bounded, and a long line comes in pieces")
    func bounded() {
        var backlog = LogBacklog(limitBytes: 1000)
        var offset: Int64 = 0
        for number in 0..<10_000 {
            let line = "line \(number)\n"
            backlog.append(Self.chunk(offset, line))
            offset += Int64(line.utf8.count)
            #expect(backlog.keptBytes <= 1000 + 8192 || backlog.isWhole)
        }
        #expect(!backlog.isWhole)
        let all = Self.read(backlog)
        #expect(all.lines.last == "line 9999")
        #expect(all.lines.first == "<\(backlog.start ?? 0)>")
        var long = LogBacklog()
        let part = String(repeating: "x", count: 32 << 10)
        for number in 0..<4 { long.append(Self.chunk(Int64(number) * 32 << 10, part)) }
        long.append(Self.chunk(128 << 10, "end\n"))
        #expect(Self.read(long).lines.map(\.utf8.count) == [64 << 10, 64 << 10, 3])
    }

    @Test("Short lines with replaced bytes count for what they take, not for what they stand for")
    func boundedMemory() {
        var backlog = LogBacklog()
        for number in 0..<100_000 { backlog.append(Self.chunk(Int64(number) * 2, "\u{FFFD}\n", length: 2)) }
        #expect(Int64(backlog.pieces.count) * 72 <= ServerLimits.logBacklogBytes)
        #expect(!backlog.isWhole)
        let all = Self.read(backlog)
        #expect(all.lines.count == backlog.pieces.count + 1)
        #expect(all.place == 200_000)
    }

    @Test("The last lines begin where they do in the file")
    func lastLines() {
        var backlog = LogBacklog()
        backlog.append(Self.chunk(50, "one\ntwo\n"))
        backlog.append(Self.chunk(58, "thr\u{FFFD}\n", length: 5))
        backlog.append(Self.chunk(63, "four\nfi"))
        #expect(backlog.place(ofLastLines: 0) == 68)
        #expect(backlog.place(ofLastLines: 1) == 63)
        #expect(backlog.place(ofLastLines: 2) == 58)
        #expect(backlog.place(ofLastLines: 3) == 54)
        #expect(backlog.place(ofLastLines: 4) == 50)
        #expect(backlog.place(ofLastLines: 5) == nil)
    }
}
