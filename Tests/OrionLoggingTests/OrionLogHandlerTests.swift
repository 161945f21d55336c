import Glibc
import Logging
import OrionLogging
import Testing

@Suite("The programs' log")
struct OrionLogHandlerTests {
    @Test("Text is one line with time, level, message and the values by name")
    func text() throws {
        let pipe = try Pipe()
        var logger = OrionLogHandler.logger(label: "test", level: .info, format: .text, sink: pipe.sink)
        logger[metadataKey: "node"] = "a1"
        logger.info("Node joined.", metadata: ["address": "10.0.0.1", "name": "two words"])
        logger.debug("Not written.")
        let line = try #require(pipe.read().split(separator: "\n", omittingEmptySubsequences: false).first)
        let time = #/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z /#
        #expect(line.prefixMatch(of: time) != nil)
        #expect(line.hasSuffix(#"Z info Node joined. address=10.0.0.1 name="two words" node=a1"#))
    }

    @Test("JSON is one object a line")
    func json() throws {
        let pipe = try Pipe()
        let logger = OrionLogHandler.logger(label: "test", level: .info, format: .json, sink: pipe.sink)
        logger.warning("A \"quoted\" thing", metadata: ["count": "3"])
        let line = pipe.read()
        #expect(line.hasPrefix(#"{"time":""#))
        #expect(line.hasSuffix(#"","level":"warning","message":"A \"quoted\" thing","count":"3"}"# + "\n"))
    }

    @Test("What comes from outside cannot look like a line of its own", arguments: LogFormat.allCases)
    func injection(format: LogFormat) throws {
        let pipe = try Pipe()
        let logger = OrionLogHandler.logger(label: "test", level: .info, format: format, sink: pipe.sink)
        logger.info("Node \u{1B}[31m\r\nfake", metadata: ["name": "x\ny\u{2028}z\u{9B}"])
        let text = pipe.read()
        #expect(text.unicodeScalars.count { $0 == "\n" } == 1)
        #expect(!text.unicodeScalars.contains { $0 == "\u{1B}" || $0 == "\r" || $0 == "\u{2028}" || $0 == "\u{9B}" })
    }

    @Test("A line is never longer than a pipe takes at once", arguments: LogFormat.allCases)
    func long(format: LogFormat) throws {
        let pipe = try Pipe()
        let logger = OrionLogHandler.logger(label: "test", level: .info, format: format, sink: pipe.sink)
        let long = String(repeating: "\u{1}é\"", count: 10_000)
        logger.info("\(long)", metadata: ["a": "\(long)", "b": "short"])
        let text = pipe.read()
        #expect(text.utf8.count <= 4096)
        #expect(text.hasSuffix("\n"))
        #expect(text.contains("short"))
    }

    @Test("A reader that stands still holds nobody up, and is told how much it missed")
    func full() throws {
        let pipe = try Pipe()
        let logger = OrionLogHandler.logger(label: "test", level: .info, format: .text, sink: pipe.sink)
        for number in 0..<20_000 { logger.info("line \(number)") }
        let read = pipe.read()
        #expect(read.contains("line 0\n"))
        #expect(!read.contains("line 19999\n"))
        logger.info("after")
        #expect(pipe.read().contains(#/^\(\d+ lines of the log were dropped: .*\)\n.* info after\n$/#))
    }
}

/// A pipe with a sink at one end, read as far as it is filled.
final class Pipe {
    let reading: Int32
    let writing: Int32
    let sink: LogSink

    init() throws {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw PipeError() }
        reading = ends[0]
        writing = ends[1]
        sink = LogSink(descriptor: writing)
        _ = fcntl(reading, F_SETFL, O_NONBLOCK)
    }

    deinit {
        close(reading)
        close(writing)
    }

    func read() -> String {
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 65536)
        while case let count = Glibc.read(reading, &part, part.count), count > 0 { bytes += part[..<count] }
        return String(decoding: bytes, as: UTF8.self)
    }
}

struct PipeError: Error {}
