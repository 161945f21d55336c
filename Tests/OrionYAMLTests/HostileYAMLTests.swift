import OrionCore
import OrionYAML
import Testing

/// Documents made to cost more than they weigh.
@Suite struct HostileYAMLTests {
    private func refusal(_ text: String) throws -> OrionError {
        try #require(throws: OrionError.self) { try OrionYAML.value(yaml: Array(text.utf8)) }
    }

    /// Ten lines that stand for a thousand million words.
    private func laughs(levels: Int, _ line: (Int, String) -> String) -> String {
        var text = line(0, "lol")
        for level in 1...levels {
            let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            text += line(level, "[\(aliases)]")
        }
        return text
    }

    @Test func aliasesOfAliasesAreBounded() throws {
        let sequences = laughs(levels: 12) { "k\($0): &a\($0) \($1)\n" }
        #expect(try refusal(sequences).message.contains("aliases make it too large"))
        var mappings = "k0: &a0 {x: y}\n"
        for level in 1...40 { mappings += "k\(level): &a\(level) {a: *a\(level - 1), b: *a\(level - 1)}\n" }
        #expect(try refusal(mappings).code == .malformed)
        var merges = "k0: &a0 {x: y}\n"
        for level in 1...40 { merges += "k\(level): &a\(level) {<<: [*a\(level - 1), *a\(level - 1)]}\n" }
        #expect(try refusal(merges).code == .malformed)
    }

    /// The parser hashes keys to find duplicates, and so would expand them without bound.
    @Test(arguments: [
        "? *a30\n: x\n", "*a30 : x\n", "{*a30 : x}\n", "? [*a30]\n: x\n", "[*a30]: x\n", "{? *a30 : x}\n",
    ])
    func keysOfAliasesAreBounded(_ key: String) throws {
        var text = "- &a0 [x]\n"
        for level in 1...30 { text += "- &a\(level) [*a\(level - 1), *a\(level - 1)]\n" }
        text += "- " + key.split(separator: "\n").joined(separator: "\n  ") + "\n"
        #expect(try refusal(text).message.contains("keys are built from aliases"))
    }

    @Test(arguments: ["[", "{a: ", "- ", "? ", "[{a: "]) func depthIsBounded(_ step: String) throws {
        for count in [65, 999, 1001, 100_000] {
            #expect(try refusal(String(repeating: step, count: count)).code == .malformed)
        }
        let closed = String(repeating: "[", count: 65) + String(repeating: "]", count: 65)
        #expect(try refusal(closed).message.contains("64 levels"))
    }

    @Test func blocksNestToTheSameDepth() throws {
        let text = (0..<64).map { String(repeating: " ", count: $0) + "a:\n" }.joined()
        _ = try OrionYAML.value(yaml: Array(text.utf8))
        #expect(try refusal(text + String(repeating: " ", count: 64) + "a:\n").message.contains("64 levels"))
    }

    @Test func sizeIsBounded() throws {
        let bytes = [UInt8](repeating: UInt8(ascii: "#"), count: OrionYAML.maximumBytes + 1)
        let error = try #require(throws: OrionError.self) { try OrionYAML.value(yaml: bytes) }
        #expect(error.code == .tooLarge)
    }

    @Test func densityIsBounded() throws {
        let text = "[" + String(repeating: "1,", count: 2_100_000) + "]"
        #expect(try refusal(text).message.contains("millions of keys and values"))
    }

    /// What has no aliases has no aliases that make it too large, and no keys that are built of them.
    @Test func denseDocumentsWithoutAliasesAreTaken() throws {
        let text = "{" + (0..<60_000).map { "a\($0)," }.joined() + "z}\n"
        _ = try OrionYAML.value(yaml: Array(text.utf8))
        let keys = (0..<20).map { "? k\($0)\n: \"" + String(repeating: "x", count: 500_000) + "\"\n" }.joined()
        _ = try OrionYAML.value(yaml: Array(keys.utf8))
    }

    /// Many services that share their defaults are no attack.
    @Test func commonUseIsTaken() throws {
        var text = "apiVersion: orion/v1\nkind: Config\nspec:\n  services:\n"
        text += "    - &base {name: s0, env: &env {A: b}, command: \"x ? y [z]: w\"}\n"
        for index in 1..<2000 { text += "    - {<<: *base, name: s\(index), env: *env}\n" }
        #expect(try OrionYAML.parse(yaml: Array(text.utf8)).config.spec.services.count == 2000)
    }

    /// Whatever bytes come, the answer is a value or an error.
    @Test(arguments: [1, 2, 3, 4]) func mutatedDocumentsNeverTrap(_ seed: UInt64) {
        let document = Array(
            "a: &x [1, 'two', \"\\u0033\"]\nb: {<<: {c: d}, e: *x}\nf: |2-\n    g\n  h\n? i\n: - j\n  - !!str k # l\n---\n%TAG ! x\n"
                .utf8)
        let pieces = Array("&*!|>'\"%@`{}[],:?-# \n\t\\0az<~".utf8) + [0, 0x80, 0xC3, 0xFF]
        var state = seed
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        var taken = 0
        for _ in 0..<3000 {
            var bytes = document
            for _ in 0...random(4) {
                let position = random(bytes.count)
                switch random(3) {
                case 0: bytes[position] = pieces[random(pieces.count)]
                case 1: bytes.remove(at: position)
                default: bytes.insert(pieces[random(pieces.count)], at: position)
                }
            }
            if (try? OrionYAML.value(yaml: Array(bytes[..<random(bytes.count)]))) != nil { taken += 1 }
        }
        #expect(taken > 0)
    }
}
