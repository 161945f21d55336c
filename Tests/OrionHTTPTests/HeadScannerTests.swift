import Testing

@testable import OrionHTTP

@Suite struct HeadScannerTests {
    private func limits(line: Int = 100, head: Int = 200) -> HTTPLimits {
        var limits = HTTPLimits()
        limits.requestLineBytes = line
        limits.headBytes = head
        return limits
    }

    /// Scans pieces; the outcome and how many bytes were scanned until it.
    private func scan(_ text: String, sizes: Int, _ limits: HTTPLimits) -> (HeadScanner.Outcome, Int) {
        var scanner = HeadScanner(limits)
        let bytes = Array(text.utf8)
        var before = 0
        for start in stride(from: 0, to: bytes.count, by: sizes) {
            let piece = bytes[start..<min(start + sizes, bytes.count)]
            switch piece.withUnsafeBytes({ scanner.scan($0) }) {
            case .incomplete: before += piece.count
            case .complete(let count): return (.complete(before + count), before + count)
            case let outcome: return (outcome, before)
            }
        }
        return (.incomplete, before)
    }

    @Test(arguments: [1, 2, 3, 7, 1000]) func findsTheEnd(_ sizes: Int) {
        for head in ["GET / HTTP/1.1\r\nHost: a\r\n\r\n", "\r\n\r\nGET / HTTP/1.1\r\n\r\n", "x\r\na: b\rc\r\n\r\n"] {
            #expect(scan(head + "GET / HTTP/1.1\r\n\r\n", sizes: sizes, limits()).0 == .complete(head.utf8.count))
            #expect(scan(String(head.dropLast()), sizes: sizes, limits()).0 == .incomplete)
        }
    }

    @Test(arguments: [1, 1000]) func holdsTheLimits(_ sizes: Int) {
        let line = String(repeating: "a", count: 98) + "\r\n"
        #expect(scan(line + "\r\n", sizes: sizes, limits()).0 == .complete(102))
        #expect(scan("a" + line, sizes: sizes, limits()).0 == .requestLineTooLong)
        let field = "b: " + String(repeating: "b", count: 93) + "\r\n"
        #expect(scan(line + field + "\r\n", sizes: sizes, limits()).0 == .complete(200))
        #expect(scan(line + "b" + field + "\r\n", sizes: sizes, limits()).0 == .tooLong)
        #expect(scan(String(repeating: "\r\n", count: 101), sizes: sizes, limits()).0 == .tooLong)
    }

    @Test(arguments: [" ", "\t"]) func seesFolding(_ space: String) {
        #expect(scan("GET / HTTP/1.1\r\n\(space)Host: a\r\n\r\n", sizes: 1, limits()).0 == .folded)
        #expect(scan("GET / HTTP/1.1\r\nHost: a\r\n\(space)b\r\n\r\n", sizes: 1, limits()).0 == .folded)
    }

    @Test(arguments: [
        "GET / HTTP/1.1\nHost: a\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\n\n",
    ])
    func seesBareLineFeeds(_ head: String) {
        #expect(scan(head, sizes: 1, limits()).0 == .bareLineFeed)
    }

    @Test func startsAnew() {
        var scanner = HeadScanner(limits())
        for _ in 0..<10 {
            let head = Array("GET / HTTP/1.1\r\nHost: aaaaaaaaaaaaaaaaaaaaa\r\n\r\n".utf8)
            #expect(head.withUnsafeBytes { scanner.scan($0) } == .complete(head.count))
            #expect(scanner.isEmpty)
        }
    }
}
