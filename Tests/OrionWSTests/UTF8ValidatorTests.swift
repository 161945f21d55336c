import TestNoise
import Testing

@testable import OrionWS

@Suite struct UTF8ValidatorTests {
    /// All at once, byte by byte, and whether it could end there.
    private func judge(_ bytes: [UInt8]) -> (whole: Bool, dripped: Bool, firstBad: Int?) {
        var whole = UTF8Validator()
        let isWhole = bytes.withUnsafeBytes { whole.accepts($0) } && whole.isComplete
        var dripped = UTF8Validator()
        var firstBad: Int?
        for (index, byte) in bytes.enumerated() where firstBad == nil {
            if !withUnsafeBytes(of: byte, { dripped.accepts($0) }) { firstBad = index }
        }
        return (isWhole, firstBad == nil && dripped.isComplete, firstBad)
    }

    @Test func agreesWithTheStandardLibraryOnAllShortSequences() {
        var generator = SystemRandomNumberGenerator()
        let leads: [UInt8] =
            [0x00, 0x7F, 0x80, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED, 0xEE, 0xEF]
            + [0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF]
        let edges: [UInt8] = [0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xFF]
        for lead in leads {
            for second in edges {
                for third in edges {
                    for fourth in edges {
                        let text: [UInt8] = [lead, second, third, fourth]
                        let prefix = [UInt8](repeating: 0x61, count: Int.random(in: 0...17, using: &generator))
                        let bytes = prefix + text
                        let expected = String(validating: bytes, as: UTF8.self) != nil
                        let judged = judge(bytes)
                        #expect(judged.whole == expected)
                        #expect(judged.dripped == expected)
                    }
                }
            }
        }
    }

    @Test func agreesWithTheStandardLibraryOnNoise() {
        var noise = Noise()
        let characters = ["a", "ü", "€", "😀", "\u{7FF}", "\u{800}", "\u{D7FF}", "\u{E000}", "\u{10FFFF}", "0123456789"]
        for _ in 0..<5000 {
            var bytes: [UInt8] = []
            for _ in 0...noise.number(below: 40) { bytes += Array(noise.element(of: characters).utf8) }
            if noise.number(below: 2) > 0 { bytes = noise.mutated(bytes) }
            let expected = String(validating: bytes, as: UTF8.self) != nil
            let judged = judge(bytes)
            #expect(judged.whole == expected, "seed \(noise.seed)")
            #expect(judged.dripped == expected, "seed \(noise.seed)")
        }
    }

    @Test(arguments: [
        ([0xC0], 0), ([0xE0, 0x9F], 1), ([0xED, 0xA0], 1), ([0xF0, 0x8F], 1), ([0xF4, 0x90], 1), ([0xF5], 0),
    ])
    func failsAtTheFirstByteThatCannotBe(_ bytes: [UInt8], _ index: Int) {
        #expect(judge(bytes).firstBad == index)
    }
}
