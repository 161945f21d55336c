import COrionSpawn
import Glibc
import Testing

@testable import OrionAgentKit

@Suite struct LogFileTests {
    let folder: TestFolder

    init() throws { folder = try TestFolder() }

    func file(_ text: String) throws -> LogFile {
        try folder.write(text, to: "out")
        return try LogFile(folder.path("out"))
    }

    @Test func readsPieces() throws {
        let file = try file("one\ntwo\n")
        #expect(try file.size() == 8)
        let first = try file.read(at: 0, atMost: 5, isComplete: false)
        #expect(first == LogPiece(offset: 0, text: "one\nt", length: 5, isAtEnd: false, size: 8))
        let second = try file.read(at: 5, atMost: 100, isComplete: false)
        #expect(second == LogPiece(offset: 5, text: "wo\n", length: 3, isAtEnd: true, size: 8))
        #expect(try file.read(at: 8, atMost: 100, isComplete: false).isAtEnd)
        #expect(throws: LogFile.Failure.absent) { try LogFile(folder.path("none")) }
    }

    @Test func findsTheLastLines() throws {
        let long = String(repeating: "x", count: 100_000)
        let file = try file("one\n\(long)\nthree\nfour")
        let size = try file.size()
        #expect(try file.start(ofLastLines: 0) == size)
        #expect(try file.start(ofLastLines: 1) == size - 4)
        #expect(try file.start(ofLastLines: 2) == size - 10)
        #expect(try file.start(ofLastLines: 3) == 4)
        #expect(try file.start(ofLastLines: 4) == 0)
        #expect(try file.start(ofLastLines: 9) == 0)
        try folder.write("one\ntwo\n", to: "ended")
        #expect(try LogFile(folder.path("ended")).start(ofLastLines: 1) == 4)
    }

    @Test func saysWhatIsFreed() throws {
        let line = String(repeating: "y", count: 1023) + "\n"
        let file = try file(String(repeating: line, count: 256))
        let descriptor = try #require(Descriptor.open(folder.path("out"), O_WRONLY))
        // Where the file system frees nothing, there is nothing to skip either.
        guard orion_free_range(descriptor.number, 0, 128 * 1024) == 0 else { return }
        let piece = try file.read(at: 1000, atMost: 2048, isComplete: false)
        #expect(piece.skipped == 128 * 1024 - 1000)
        #expect(piece.offset == 128 * 1024)
        #expect(piece.text == line + line)
        #expect(try file.start(ofLastLines: 1000) == 128 * 1024)
        #expect(try file.start(ofLastLines: 128) == 128 * 1024)
        #expect(try file.start(ofLastLines: 127) == 129 * 1024)
    }

    @Test func aTruncatedFileBeginsAnew() throws {
        let file = try file("one\ntwo\n")
        try folder.write("new\n", to: "out")
        #expect(try file.read(at: 8, atMost: 100, isComplete: false).text == "new\n")
    }

    @Test func saysTheLastLinesOfWhatIsThere() throws {
        func lines(_ text: String) throws -> [String] {
            try folder.write(text, to: "out")
            return LogFile.lastLines(of: folder.path("out"))
        }
        #expect(try lines("one\n\ntwo") == ["one", "two"])
        #expect(try lines("") == [])
        #expect(LogFile.lastLines(of: folder.path("none")) == [])
        // What lost its beginning says so, and begins with a whole character.
        let long = try lines("\(String(repeating: "é", count: 3000))\nlast\n")
        #expect(long.count == 2 && long[1] == "last")
        #expect(long[0].hasPrefix("…é") && !long[0].contains("\u{FFFD}"))
    }
}
