import OrionTesting
import Testing

@testable import OrionAgentKit

@Suite struct LogTextTests {
    static func text(_ bytes: [UInt8], isComplete: Bool = false) -> LogText {
        LogText(bytes[...], isComplete: isComplete)
    }

    @Test func isCutAtACharacter() {
        let euro = Array("a€".utf8)
        #expect(Self.text(euro).text == "a€")
        for cut in 2...3 {
            let text = Self.text(Array(euro.prefix(cut)))
            #expect(text.text == "a" && text.length == 1 && text.unfinished == cut - 1)
        }
        let text = Self.text(Array(euro.prefix(3)), isComplete: true)
        #expect(text.text == "a\u{FFFD}" && text.length == 3 && text.unfinished == 0)
        #expect(Self.text([0xF0, 0x9F, 0x98]).length == 0)
        #expect(Self.text([]).text == "")
    }

    /// A place in the text of several lines is a place in the file; a line with invalid bytes comes alone.
    @Test func aLineWithInvalidBytesComesAlone() {
        let bytes = Array("good\nalso\n".utf8) + [0x62, 0xFF, 0x0A] + Array("rest\n".utf8)
        #expect(Self.text(bytes).text == "good\nalso\n")
        let second = Self.text(Array(bytes[10...]))
        #expect(second.text == "b\u{FFFD}\n" && second.length == 3)
        #expect(Self.text([0xFF, 0xC3]).length == 1)
        #expect(Self.text([0xFF, 0xC3]).unfinished == 1)
    }

    /// Whatever bytes there are, in whatever pieces they come: nothing is lost, nothing comes twice, nothing stands still.
    @Test func goesThroughAnything() {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<200 {
            let bytes = (0..<300).map { _ -> UInt8 in
                let usual: [UInt8] = [0x0A, 0x61, 0xE2, 0x82, 0xAC]
                return random.next() % 3 == 0
                    ? UInt8(truncatingIfNeeded: random.next()) : usual[Int(random.next() % 5)]
            }
            var place = 0
            var text = ""
            while place < bytes.count {
                let end = min(bytes.count, place + 4 + Int(random.next() % 40))
                let piece = LogText(bytes[place..<end], isComplete: end == bytes.count)
                #expect(piece.length > 0)
                if !piece.text.unicodeScalars.contains("\u{FFFD}") {
                    #expect(Array(piece.text.utf8) == Array(bytes[place..<(place + piece.length)]))
                } else {
                    #expect(piece.text.utf8.dropLast().contains(0x0A) == false)
                }
                text += piece.text
                place += piece.length
            }
            #expect(place == bytes.count)
            #expect(text.utf8.filter { $0 == 0x0A }.count == bytes.filter { $0 == 0x0A }.count)
        }
    }
}
