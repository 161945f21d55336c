import Testing

@testable import OrionHTTP

@Suite struct ChunkScannerTests {
    private func scan(
        _ text: String, sizes: Int, limit: Int = 100, overhead: Int = 100
    ) -> ChunkScanner.Outcome {
        var scanner = ChunkScanner(limit: limit, overheadLimit: overhead)
        let bytes = Array(text.utf8)
        var before = 0
        for start in stride(from: 0, to: bytes.count, by: sizes) {
            let piece = bytes[start..<min(start + sizes, bytes.count)]
            switch piece.withUnsafeBytes({ scanner.scan($0) }) {
            case .incomplete: before += piece.count
            case .complete(let count): return .complete(before + count)
            case let outcome: return outcome
            }
        }
        return .incomplete
    }

    @Test(arguments: [1, 2, 3, 5, 1000]) func findsTheEnd(_ sizes: Int) {
        let bodies = [
            "0\r\n\r\n", "3\r\nabc\r\n0\r\n\r\n", "A;x=\"y\"\r\n0123456789\r\n00\r\nT: x\r\nU: y\r\n\r\n",
            "5\r\n0\r\n\r\n\r\n000\r\n\r\n",
        ]
        for body in bodies {
            #expect(scan(body + "3\r\nabc", sizes: sizes) == .complete(body.utf8.count))
            #expect(scan(String(body.unicodeScalars.dropLast()), sizes: sizes) == .incomplete)
        }
    }

    @Test(arguments: [1, 1000]) func holdsTheLimits(_ sizes: Int) {
        let ten = "a\r\n0123456789\r\n"
        #expect(scan(ten + ten + "0\r\n\r\n", sizes: sizes, limit: 20) == .complete(35))
        #expect(scan(ten + ten + "0\r\n\r\n", sizes: sizes, limit: 19) == .tooLong)
        #expect(scan("65\r\n", sizes: sizes) == .tooLong)
        #expect(scan("FFFFFFFFFFFFFFFFFFFFFFFF\r\n", sizes: sizes, limit: .max) == .tooLong)
        #expect(scan("1;" + String(repeating: "x", count: 200), sizes: sizes) == .tooMuchOverhead)
        #expect(scan("0\r\n" + String(repeating: "x: y\r\n", count: 50), sizes: sizes) == .tooMuchOverhead)
        #expect(scan(String(repeating: "1\r\nx\r\n", count: 50), sizes: sizes) == .tooMuchOverhead)
    }

    @Test func passesOnWhatIsNoChunkedBody() {
        #expect(scan("3\r\nabcd\r\n0\r\n\r\n", sizes: 1) == .incomplete)
        #expect(scan("3\r\nabc\rx", sizes: 1) == .incomplete)
    }
}
