import Foundation
import Testing

/// What `scripts/fuzz` has found so far, again and without its build: every input of `Fuzzing/Corpus`.
///
/// The checks are libFuzzer's own: the files beside this one stand in `Fuzzing/Sources`.
@Suite struct CorpusTests {
    private struct Input {
        let name: String
        let bytes: [UInt8]
    }

    /// The inputs of a target, in the order of their names.
    private static func inputs(of target: String) throws -> [Input] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Fuzzing/Corpus/\(target)")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        return try files.sorted { $0.lastPathComponent < $1.lastPathComponent }
            .map { Input(name: $0.lastPathComponent, bytes: Array(try Data(contentsOf: $0))) }
    }

    /// Has each input checked, and says which ones fail.
    private static func check(_ target: String, _ check: ([UInt8]) throws -> Void) throws {
        let inputs = try inputs(of: target)
        #expect(!inputs.isEmpty)
        for input in inputs {
            #expect(throws: Never.self, "Fuzzing/Corpus/\(target)/\(input.name)") { try check(input.bytes) }
        }
    }

    @Test func json() throws {
        try Self.check("fuzz-json") { try JSONCheck.run($0) }
    }

    @Test func frames() throws {
        try Self.check("fuzz-frames") { try FramesCheck.run($0) }
    }

    @Test func http() throws {
        try Self.check("fuzz-http") { try HTTPCheck.run($0) }
    }
}
