import HTTPTypes
import NIOCore
import Synchronization
import Testing

@testable import OrionHTTP

/// Bodies of requests that a route takes as they come.
@Suite struct StreamedBodyTests {
    /// Says how many bytes came, and a number that their order makes.
    private static func router(limit: Int? = nil, begun: (@Sendable () async -> Void)? = nil) -> Router {
        var router = Router.sample
        router.onStream(.put, "/count", bodyLimitBytes: limit) { request, body in
            await begun?()
            var (count, order) = (request.body.count, 0)
            do {
                for try await chunk in body {
                    count += chunk.readableBytes
                    // Of large ones the first bytes of each chunk, since this is not optimised.
                    for byte in chunk.readableBytesView.prefix(100) { order = (order &* 31 &+ Int(byte)) % 1000 }
                }
                return HTTPServerResponse(status: .ok, body: Array("\(count) \(order)".utf8))
            } catch {
                return HTTPServerResponse(status: .internalServerError)
            }
        }
        router.onStream(.put, "/early") { _, _ in HTTPServerResponse(status: .conflict, body: Array("no".utf8)) }
        return router
    }

    private static let get = "GET /health HTTP/1.1\r\nHost: a\r\n\r\n"

    private static func head(_ fields: String, at path: String = "/count") -> String {
        "PUT \(path) HTTP/1.1\r\nHost: a\r\n\(fields)\r\n\r\n"
    }

    @Test func takesItInOrderAndGoesOn() async throws {
        try await TestServer.with(Self.router(limit: 100_000_000)) { server in
            let connection = try await RawConnection(port: server.port)
            connection.send(Self.head("Content-Length: 10000000"))
            for _ in 0..<10 { connection.send([UInt8](repeating: 0, count: 1_000_000)) }
            connection.send(Self.head("Transfer-Encoding: chunked"))
            connection.send("3\r\n\u{1}\u{2}\u{3}\r\n2;x=y\r\n\u{4}\u{5}\r\n0\r\n\r\n")
            connection.send(Self.head("Content-Length: 0") + Self.get)
            let text = await connection.receive { $0.hasSuffix("ok") }
            #expect(text.pieces(by: "200 OK").count == 5)
            #expect(text.contains("\r\n\r\n10000000 0HTTP"))
            let order = [1, 2, 3, 4, 5].reduce(0) { ($0 * 31 + $1) % 1000 }
            #expect(text.contains("\r\n\r\n5 \(order)HTTP"))
            #expect(text.contains("\r\n\r\n0 0HTTP"))
        }
    }

    @Test func tellsAClientToGoOn() async throws {
        try await TestServer.with(Self.router()) { server in
            let connection = try await RawConnection(port: server.port)
            connection.send(Self.head("Content-Length: 1\r\nExpect: 100-continue"))
            #expect(await connection.receive { $0.hasSuffix("\r\n\r\n") } == "HTTP/1.1 100 Continue\r\n\r\n")
            connection.send("\u{1}")
            #expect(await connection.receive { $0.hasSuffix("1 1") }.hasPrefix("HTTP/1.1 200 "))
        }
    }

    /// However a client cuts it: thousands of tiny pieces would take many times what they say.
    @Test func whatWaitsIsOnePiece() async throws {
        var router = Router.sample
        router.onStream(.put, "/pieces") { _, body in
            var pieces: [Int] = []
            do {
                for try await piece in body { pieces.append(piece.readableBytes) }
            } catch {}
            return HTTPServerResponse(status: .ok, body: Array("\(pieces)".utf8))
        }
        let connection = try await ManualConnection(router)
        try await connection.send(Self.head("Transfer-Encoding: chunked", at: "/pieces"))
        for _ in 0..<2000 { try await connection.send("1\r\nx\r\n") }
        try await connection.send("0\r\n\r\n")
        try await connection.runJob()
        #expect(try await connection.received().hasSuffix("\r\n\r\n[2000]"))
    }

    /// Its client is not read from meanwhile, whatever it sends.
    @Test func whatIsNotTakenIsNotRead() async throws {
        let (starts, start) = AsyncStream.makeStream(of: Void.self)
        let router = Self.router(limit: 100_000_000) { for await _ in starts { break } }
        try await TestServer.with(router) { server in
            let connection = try await RawConnection(port: server.port)
            connection.send(Self.head("Content-Length: 60000000"))
            let sent = Atomic(0)
            let chunk = ByteBuffer(repeating: 1, count: 1_000_000)
            for _ in 0..<60 {
                connection.channel.write(chunk).whenSuccess { sent.add(1, ordering: .relaxed) }
                connection.channel.flush()
            }
            var last = -1
            var idle = 0
            while idle < 200 {
                try await Task.sleep(for: .milliseconds(1))
                let now = sent.load(ordering: .relaxed)
                idle = now == last ? idle + 1 : 0
                last = now
            }
            #expect(last < 30, "\(last) MB were taken though the route takes nothing")
            start.yield()
            #expect(await connection.receive { $0.contains("\r\n\r\n60000000 ") }.hasPrefix("HTTP/1.1 200 "))
        }
    }

    /// A route that takes its time costs its client none.
    @Test func theRoutesTimeIsNotTheClients() async throws {
        let connection = try await ManualConnection(Self.router())
        try await connection.send(Self.head("Content-Length: 200000"))
        try await connection.send([UInt8](repeating: 1, count: 100_000))
        await connection.advance(by: 10_000)
        #expect(connection.isOpen)
        try await connection.send([UInt8](repeating: 1, count: 100_000))
        try await connection.runJob()
        #expect(try await connection.received().contains("\r\n\r\n200000 "))
    }

    @Test func aClientThatStallsIsCut() async throws {
        let connection = try await ManualConnection(Self.router())
        try await connection.send(Self.head("Content-Length: 10"))
        await connection.advance(by: 30)
        #expect(try await connection.received().hasPrefix("HTTP/1.1 408 "))
        #expect(!connection.isOpen)
        // It comes to its end, and what it says reaches nobody.
        try await connection.runJob()
        #expect(try await connection.received() == "")
    }

    @Test(arguments: ["Content-Length: 1001", "Transfer-Encoding: chunked"])
    func tooMuchIsRefused(_ framing: String) async throws {
        try await TestServer.with(Self.router(limit: 1000)) { server in
            let connection = try await RawConnection(port: server.port)
            connection.send(Self.head(framing) + "1F4\r\n" + String(repeating: "x", count: 500) + "\r\n1F5\r\n")
            let response = await connection.receive { $0.contains("longer than 1000 bytes") }
            #expect(response.hasPrefix("HTTP/1.1 413 "))
            try await connection.close()
        }
    }

    @Test func aClientThatGoesAwayEndsIt() async throws {
        let (ends, end) = AsyncStream.makeStream(of: Bool.self)
        var router = Router.sample
        router.onStream(.put, "/cut") { _, body in
            var bytes = 0
            do {
                for try await chunk in body { bytes += chunk.readableBytes }
                end.yield(false)
            } catch {
                end.yield(bytes == 5)
            }
            return HTTPServerResponse(status: .ok)
        }
        try await TestServer.with(router) { server in
            let connection = try await RawConnection(port: server.port)
            connection.send(Self.head("Content-Length: 10", at: "/cut") + "hello")
            try await connection.closeOutput()
            #expect(await connection.receiveAll() == "")
            #expect(await ends.first { _ in true } == true)
        }
    }

    @Test func anEarlyAnswerEndsTheConnection() async throws {
        var limits = HTTPLimits()
        limits.lingerSeconds = 1
        try await TestServer.with(Self.router(), limits) { server in
            let connection = try await RawConnection(port: server.port)
            connection.send(Self.head("Content-Length: 1000000", at: "/early") + "hello" + Self.get)
            let response = await connection.receiveAll()
            #expect(response.hasPrefix("HTTP/1.1 409 "))
            #expect(response.contains("Connection: close\r\n"))
            #expect(response.hasSuffix("no"))
        }
    }

    /// The whole body had come already.
    @Test func anAnswerBehindAnUntakenBodyDoesNot() async throws {
        let connection = try await ManualConnection(Self.router())
        try await connection.send(Self.head("Content-Length: 5", at: "/early") + "hello" + Self.get)
        try await connection.runJob()
        let text = try await connection.received()
        #expect(text.hasPrefix("HTTP/1.1 409 "))
        #expect(text.hasSuffix("ok"))
    }
}
