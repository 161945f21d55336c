import HTTPTypes
import TestNoise
import Testing

@testable import OrionHTTP

/// What any public server meets, over real sockets.
@Suite struct HostileInputTests {
    private static var limits: HTTPLimits {
        var limits = HTTPLimits()
        limits.lingerSeconds = 1
        return limits
    }

    struct Case: CustomTestStringConvertible {
        let testDescription: String
        let bytes: String
        let status: Int

        init(_ description: String, _ bytes: String, _ status: Int) {
            testDescription = description
            self.bytes = bytes
            self.status = status
        }
    }

    private static let a = "Host: a\r\n"

    /// Each is answered with its status, and the connection is closed.
    static let refused: [Case] = [
        Case("no Host", "GET /health HTTP/1.1\r\n\r\n", 400),
        Case("two Hosts", "GET /health HTTP/1.1\r\n\(a)\(a)\r\n", 400),
        Case("two Hosts in HTTP/1.0", "GET /health HTTP/1.0\r\n\(a)\(a)\r\n", 400),
        Case("Host with a space", "GET /health HTTP/1.1\r\nHost: a b\r\n\r\n", 400),
        Case("Host with a path", "GET /health HTTP/1.1\r\nHost: a/b\r\n\r\n", 400),
        Case("two lengths", "POST /echo HTTP/1.1\r\n\(a)Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400),
        Case("a list of lengths", "POST /echo HTTP/1.1\r\n\(a)Content-Length: 1, 1\r\n\r\na", 400),
        Case("a length below zero", "POST /echo HTTP/1.1\r\n\(a)Content-Length: -1\r\n\r\n", 400),
        Case("a length with a sign", "POST /echo HTTP/1.1\r\n\(a)Content-Length: +1\r\n\r\na", 400),
        Case("a hexadecimal length", "POST /echo HTTP/1.1\r\n\(a)Content-Length: 0x1\r\n\r\na", 400),
        Case("an empty length", "POST /echo HTTP/1.1\r\n\(a)Content-Length:\r\n\r\n", 400),
        Case(
            "a length of 30 digits",
            "POST /echo HTTP/1.1\r\n\(a)Content-Length: \(String(repeating: "9", count: 30))\r\n\r\n", 400),
        Case("a length of 63 bits", "POST /echo HTTP/1.1\r\n\(a)Content-Length: 9223372036854775807\r\n\r\n", 413),
        Case(
            "length and coding",
            "POST /echo HTTP/1.1\r\n\(a)Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        Case(
            "coding and length",
            "POST /echo HTTP/1.1\r\n\(a)Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", 400),
        Case("an unknown coding", "POST /echo HTTP/1.1\r\n\(a)Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501),
        Case("a coding alone", "POST /echo HTTP/1.1\r\n\(a)Transfer-Encoding: gzip\r\n\r\nabc", 501),
        Case("chunked not last", "POST /echo HTTP/1.1\r\n\(a)Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n", 400),
        Case("identity", "POST /echo HTTP/1.1\r\n\(a)Transfer-Encoding: identity\r\n\r\n", 501),
        Case("chunked twice", "POST /echo HTTP/1.1\r\n\(a)Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n", 400),
        Case(
            "a vertical tab before chunked",
            "POST /echo HTTP/1.1\r\n\(a)Transfer-Encoding: \u{0B}chunked\r\n\r\n0\r\n\r\n", 400),
        Case("chunked in HTTP/1.0", "POST /echo HTTP/1.0\r\n\(a)Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        Case(
            "chunk size not hexadecimal",
            "POST /echo HTTP/1.1\r\n\(a)Transfer-Encoding: chunked\r\n\r\nxyz\r\nabc\r\n0\r\n\r\n", 400),
        Case(
            "chunk longer than it says",
            "POST /echo HTTP/1.1\r\n\(a)Transfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n", 400),
        Case("chunk over the limit", "POST /echo HTTP/1.1\r\n\(a)Transfer-Encoding: chunked\r\n\r\nFFFFFFF\r\n", 413),
        Case(
            "chunk size of 17 digits",
            "POST /echo HTTP/1.1\r\n\(a)Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n", 413),
        Case("a body that is needed, of no length", "POST /needed HTTP/1.1\r\n\(a)\r\n{}", 411),
        Case("a body that is needed, of no length, in HTTP/1.0", "POST /needed HTTP/1.0\r\n\(a)\r\n", 411),
        Case("body over its route's limit", "POST /echo HTTP/1.1\r\n\(a)Content-Length: 1001\r\n\r\n", 413),
        Case("folded field", "GET /health HTTP/1.1\r\n\(a)X: a\r\n b\r\n\r\n", 400),
        Case("space before the first field", "GET /health HTTP/1.1\r\n \(a)\r\n", 400),
        Case("space before the colon", "GET /health HTTP/1.1\r\nHost : a\r\n\r\n", 400),
        Case("field without a name", "GET /health HTTP/1.1\r\n\(a): b\r\n\r\n", 400),
        Case("field without a colon", "GET /health HTTP/1.1\r\n\(a)field\r\n\r\n", 400),
        Case("NUL in a field", "GET /health HTTP/1.1\r\n\(a)X: a\0b\r\n\r\n", 400),
        Case("CR in a field", "GET /health HTTP/1.1\r\n\(a)X: a\rb\r\n\r\n", 400),
        Case("LF alone", "GET /health HTTP/1.1\nHost: a\n\n", 400),
        Case("tab in the request line", "GET\t/health\tHTTP/1.1\r\n\(a)\r\n", 501),
        Case("HTTP/1.2", "GET /health HTTP/1.2\r\n\(a)\r\n", 505),
        Case("HTTP/2.0", "GET /health HTTP/2.0\r\n\(a)\r\n", 505),
        Case("HTTP/0.9", "GET /health HTTP/0.9\r\n\(a)\r\n", 505),
        Case("HTTP/9", "GET /health HTTP/9.9\r\n\(a)\r\n", 505),
        Case("an unknown method", "FETCH /health HTTP/1.1\r\n\(a)\r\n", 501),
        Case("CONNECT", "CONNECT a:80 HTTP/1.1\r\n\(a)\r\n", 501),
        Case("TLS", "\u{16}\u{03}\u{01}\u{02}\0\u{01}\0\u{01}\u{FC}\u{03}\u{03}", 400),
        Case("an invalid escape", "GET /things/%zz HTTP/1.1\r\n\(a)\r\n", 400),
        Case("half an escape", "GET /things/% HTTP/1.1\r\n\(a)\r\n", 400),
        Case("an escape that is not UTF-8", "GET /things/%FF HTTP/1.1\r\n\(a)\r\n", 400),
        Case("a target without a slash", "GET health HTTP/1.1\r\n\(a)\r\n", 400),
        Case("a star", "OPTIONS * HTTP/1.1\r\n\(a)\r\n", 400),
        Case("another expectation", "POST /echo HTTP/1.1\r\n\(a)Expect: 200-maybe\r\nContent-Length: 1\r\n\r\na", 417),
        Case("a long request line", "GET /\(String(repeating: "a", count: 9000)) HTTP/1.1\r\n\(a)\r\n", 414),
        Case("a request line without end", String(repeating: "A", count: 9000), 501),
        Case("a path without end", "GET /\(String(repeating: "a", count: 60_000))", 414),
        Case("a long field", "GET /health HTTP/1.1\r\n\(a)X: \(String(repeating: "a", count: 17_000))\r\n\r\n", 431),
        Case("many fields", "GET /health HTTP/1.1\r\n\(a)\(String(repeating: "X: y\r\n", count: 3000))\r\n", 431),
        Case("many short fields", "GET /health HTTP/1.1\r\n\(a)\(String(repeating: "X: y\r\n", count: 300))\r\n", 431),
        Case("fields without end", "GET /health HTTP/1.1\r\n\(String(repeating: "X: y\r\n", count: 30_000))", 431),
        Case("empty lines without end", String(repeating: "\r\n", count: 10_000), 431),
        Case(
            "long trailers",
            "POST /echo HTTP/1.1\r\n\(a)Transfer-Encoding: chunked\r\n\r\n0\r\nX: \(String(repeating: "a", count: 17_000))\r\n\r\n",
            431),
    ]

    @Test(arguments: refused) func refuses(_ input: Case) async throws {
        try await TestServer.with(.sample, Self.limits) { server in
            let connection = try await RawConnection(port: server.port)
            connection.send(input.bytes)
            let response = await connection.receiveAll()
            #expect(response.hasPrefix("HTTP/1.1 \(input.status) "), "\(response.prefix(200))")
            #expect(response.contains("Connection: close\r\n"))
            #expect(response.pieces(by: "Connection: close\r\n").count == 2)
        }
    }

    /// Nothing at all may be answered before it is whole, whatever the pieces.
    @Test(arguments: refused.filter { $0.bytes.utf8.count < 200 }) func refusesDripping(_ input: Case) async throws {
        try await TestServer.with(.sample, Self.limits) { server in
            let connection = try await RawConnection(port: server.port)
            for byte in input.bytes.utf8 { connection.send([byte]) }
            #expect(await connection.receiveAll().hasPrefix("HTTP/1.1 \(input.status) "))
        }
    }

    @Test func theHTTP2PrefaceIsRefused() async throws {
        try await TestServer.with(.sample, Self.limits) { server in
            let connection = try await RawConnection(port: server.port)
            connection.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
            let response = await connection.receiveAll()
            #expect(response.hasPrefix("HTTP/1.1 505 "))
        }
    }

    /// A request that is refused does not harm those before it, and hides none behind it.
    @Test func answersWhatStoodBefore() async throws {
        try await TestServer.with(.sample, Self.limits) { server in
            let connection = try await RawConnection(port: server.port)
            let good = "GET /health HTTP/1.1\r\nHost: a\r\n\r\n"
            connection.send(good + good + "GET /health HTTP/1.1\r\n\r\n" + good)
            let response = await connection.receiveAll()
            #expect(response.pieces(by: "200 OK").count == 3)
            #expect(response.pieces(by: "400 Bad Request").count == 2)
        }
    }

    /// Bytes of every kind, in every place: each connection ends, and the server lives on.
    @Test func survivesNoise() async throws {
        var noise = Noise()
        let seed = noise.seed
        try await TestServer.with(.sample, Self.limits) { server in
            for _ in 0..<200 {
                let connection = try await RawConnection(port: server.port)
                connection.send(noise.mutated(noise.element(of: Self.refused).bytes))
                try? await connection.closeOutput()
                await connection.receiveAll()
            }
            let connection = try await RawConnection(port: server.port)
            connection.send("GET /health HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(await connection.receive { $0.hasSuffix("ok") }.hasPrefix("HTTP/1.1 200 "), "seed \(seed)")
        }
    }

    /// What each request got; of several faults any may be named.
    private func outline(_ responses: String) -> [String] {
        responses.pieces(by: "\r\n").filter { $0.hasPrefix("HTTP/1.1 ") }.map { line in
            line.hasPrefix("HTTP/1.1 2") || line.contains("405") ? line : "refused"
        }
    }

    /// However the bytes are cut, the answers are the same.
    @Test func answersTheSameHoweverTheBytesCome() async throws {
        var noise = Noise()
        let good = [
            "GET /health HTTP/1.1\r\nHost: a\r\n\r\n",
            "POST /now HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
            "HEAD /health HTTP/1.1\r\nHost: a\r\n\r\n",
            "PUT /health HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n0\r\nx: y\r\n\r\n",
        ]
        var router = Router.sample
        router.on(.post, "/now") { HTTPServerResponse(status: .ok, body: $0.body) }
        for _ in 0..<200 {
            var bytes: [UInt8] = []
            for _ in 0...noise.number(below: 4) { bytes += Array(noise.element(of: good).utf8) }
            if noise.number(below: 2) == 0 { bytes = noise.mutated(bytes) }
            let whole = try await ManualConnection(router)
            try await whole.send(bytes)
            let cut = try await ManualConnection(router)
            var rest = bytes[...]
            while !rest.isEmpty, cut.isOpen {
                let count = 1 + noise.number(below: 20)
                try? await cut.send(Array(rest.prefix(count)))
                rest = rest.dropFirst(count)
            }
            #expect(try await outline(whole.received()) == outline(cut.received()), "seed \(noise.seed)")
            #expect(whole.isOpen == cut.isOpen, "seed \(noise.seed)")
        }
    }
}
