import OrionCore
import Testing

@Suite struct LastLinesTests {
    private func end(of lines: [String]) -> [String]? { LastLines(stdout: [], stderr: lines)?.stderr }

    @Test func keepsTheLastOfFewAndOfMany() {
        #expect(end(of: ["one", "two"]) == ["one", "two"])
        #expect(end(of: (1...30).map { "\($0)" }) == (21...30).map { "\($0)" })
        #expect(end(of: ["one", "", "two", ""]) == ["one", "two"])
        #expect(end(of: []) == nil)
        #expect(end(of: ["", ""]) == nil)
    }

    @Test func cutsALongLineAtItsFrontAndNothingStandsBeforeIt() throws {
        let long = String(repeating: "é", count: 1000)
        let lines = try #require(end(of: ["before", long, "after"]))
        #expect(lines.count == 2 && lines[1] == "after")
        #expect(lines[0].hasPrefix("…é") && lines[0].hasSuffix("é"))
        let bytes = lines.reduce(0) { $0 + $1.utf8.count }
        #expect((LastLines.maximumBytes - 1...LastLines.maximumBytes).contains(bytes))
    }

    /// Also where hardly any room is left for the line that is cut.
    @Test func whatIsKeptOnceIsKeptAgain() throws {
        for length in 1000...1030 {
            let once = try #require(LastLines(stdout: ["🚀🚀", String(repeating: "x", count: length)], stderr: ["e"]))
            #expect(LastLines(stdout: once.stdout, stderr: once.stderr) == once)
            #expect(once.stdout.reduce(0) { $0 + $1.utf8.count } <= LastLines.maximumBytes)
        }
    }

    @Test func whatAnAgentSaysTooMuchOfIsCut() throws {
        let lines = (1...50).map { "\"line \($0)\"" }.joined(separator: ",")
        let json =
            #"{"type":"status","payload":{"service":"web","replicaId":"web-1","state":"failed","#
            + #""lastLines":{"stdout":[\#(lines)]}}}"#
        guard case .status(let status) = try AgentMessage(json: Array(json.utf8)) else {
            return #expect(Bool(false), "no status")
        }
        #expect(status.lastLines?.stdout == (41...50).map { "line \($0)" })
        let wrong = json.replacing("[\(lines)]", with: "7")
        #expect(throws: OrionError.self) { try AgentMessage(json: Array(wrong.utf8)) }
    }
}
