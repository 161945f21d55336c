import HTTPTypes
import NIOCore
import TestNoise
import Testing

@testable import OrionHTTP

/// Bodies that are gzipped, and those that are not.
@Suite struct GzipTests {
    private static let text = Array(String(repeating: "all work and no play ", count: 100).utf8)
    private static let noise: [UInt8] = {
        var noise = Noise()
        return (0..<2000).map { _ in UInt8(noise.number(below: 256)) }
    }()
    private static let large = [UInt8](repeating: 0x61, count: 1_000_000)

    /// A router whose routes answer `text` with other fields each.
    private static var router: Router {
        var router = Router.sample
        func add(_ path: String, _ status: HTTPResponse.Status, _ headers: HTTPFields, _ body: [UInt8] = text) {
            router.on(.get, path) { _ in HTTPServerResponse(status: status, headers: headers, body: body) }
        }
        add("/json", .ok, [.contentType: "application/json"])
        add("/text", .ok, [.contentType: "Text/Plain; charset=utf-8"])
        add("/problem", .badRequest, [.contentType: "application/problem+json"])
        add("/vary", .ok, [.contentType: "text/plain", .vary: "Origin, accept-encoding"])
        add("/tagged", .ok, [.contentType: "text/plain", .eTag: "\"a\""])
        add("/large", .ok, [.contentType: "text/plain"], large)
        add("/noise", .ok, [.contentType: "text/plain"], noise)
        add("/short", .ok, [.contentType: "text/plain"], Array(text.prefix(1023)))
        add("/picture", .ok, [.contentType: "image/png"])
        add("/untyped", .ok, [:])
        add("/events", .ok, [.contentType: "text/event-stream"])
        add("/packed", .ok, [.contentType: "text/plain", .contentEncoding: "br"])
        add("/fixed", .ok, [.contentType: "text/plain", .cacheControl: "no-store, No-Transform"])
        add("/part", .partialContent, [.contentType: "text/plain"])
        add("/unchanged", .notModified, [.contentType: "text/plain"])
        add("/nothing-there", .noContent, [.contentType: "text/plain"])
        let ready = HTTPReadyBody(large)
        router.on(.get, "/ready") { _ in
            HTTPServerResponse(status: .ok, headers: [.contentType: "text/plain"], ready: ready)
        }
        router.onTask(.get, "/task") { _ in
            HTTPServerResponse(status: .ok, headers: [.contentType: "text/plain"], body: large)
        }
        return router
    }

    private static func get(_ path: String, _ codings: String? = "gzip", method: String = "GET") -> String {
        let field = codings.map { "Accept-Encoding: \($0)\r\n" } ?? ""
        return "\(method) \(path) HTTP/1.1\r\nHost: a\r\n\(field)\r\n"
    }

    @Test(arguments: ["/json", "/text", "/problem", "/vary", "/large", "/task"])
    func gzips(_ path: String) async throws {
        let body = ["/large", "/task"].contains(path) ? Self.large : Self.text
        try await TestServer.with(Self.router) { server in
            let connection = try await RawConnection(port: server.port)
            connection.send(Self.get(path) + Self.get("/health"))
            let response = await connection.receiveResponse()
            #expect(response.head.contains("Content-Encoding: gzip\r\n"))
            #expect(response.head.lowercased().pieces(by: "accept-encoding").count == 2)
            #expect(response.body.count < body.count / 2)
            #expect(gunzip(response.body) == body)
            #expect(await connection.receiveResponse().body == Array("ok".utf8))
        }
    }

    /// Caches must know all the same.
    @Test(arguments: [nil, "identity", "gzip;q=0", "br"]) func asksFirst(_ codings: String?) async throws {
        try await TestServer.with(Self.router) { server in
            let connection = try await RawConnection(port: server.port)
            connection.send(Self.get("/json", codings))
            let response = await connection.receiveResponse()
            #expect(!response.head.contains("Content-Encoding"))
            #expect(response.head.contains("Vary: Accept-Encoding\r\n"))
            #expect(response.body == Self.text)
        }
    }

    @Test(arguments: [
        "/short", "/picture", "/untyped", "/events", "/packed", "/fixed", "/part", "/health", "/nothing",
    ])
    func leavesAlone(_ path: String) async throws {
        try await TestServer.with(Self.router) { server in
            let connection = try await RawConnection(port: server.port)
            connection.send(Self.get(path) + Self.get(path, nil))
            let asked = await connection.receiveResponse()
            let plain = await connection.receiveResponse()
            #expect(!asked.head.contains("gzip"))
            #expect(!asked.head.contains("Vary"))
            #expect(asked.body == plain.body)
        }
    }

    @Test func whatDoesNotShrinkStaysAsItIs() async throws {
        try await TestServer.with(Self.router) { server in
            let connection = try await RawConnection(port: server.port)
            connection.send(Self.get("/noise"))
            let response = await connection.receiveResponse()
            #expect(!response.head.contains("gzip"))
            #expect(response.body == Self.noise)
        }
    }

    @Test(arguments: [("/unchanged", 304), ("/nothing-there", 204)])
    func whatHasNoBodyHasNoCoding(_ path: String, _ status: Int) async throws {
        try await TestServer.with(Self.router) { server in
            let connection = try await RawConnection(port: server.port)
            connection.send(Self.get(path) + Self.get("/health"))
            let text = await connection.receive { $0.hasSuffix("ok") }
            #expect(text.hasPrefix("HTTP/1.1 \(status) "))
            #expect(!text.contains("gzip"))
            #expect(text.contains("\r\n\r\nHTTP/1.1 200 OK\r\n"))
        }
    }

    /// Whether gzip pays, too: only the bytes say that.
    @Test(arguments: [
        "/json", "/tagged", "/large", "/task", "/noise", "/ready", "/short", "/picture", "/fixed", "/unchanged",
    ])
    func headSaysTheSameWithoutABody(_ path: String) async throws {
        try await TestServer.with(Self.router) { server in
            let connection = try await RawConnection(port: server.port)
            for codings in ["gzip", nil] {
                connection.send(Self.get(path, codings, method: "HEAD") + Self.get("/health"))
                let text = await connection.receive { $0.hasSuffix("ok") }
                connection.send(Self.get(path, codings))
                let got =
                    path == "/unchanged"
                    ? await connection.receive { $0.hasSuffix("\r\n\r\n") } : await connection.receiveResponse().head
                #expect(text.pieces(by: "\r\n\r\n").count == 3)
                #expect(Self.fields(of: text) == Self.fields(of: got))
                #expect(Self.fields(of: got).contains { $0.hasPrefix("Content-Length: ") })
            }
        }
    }

    /// The lines of the first head; but for the time, which passes.
    private static func fields(of text: String) -> [String] {
        (text.pieces(by: "\r\n\r\n").first ?? "").pieces(by: "\r\n").filter { !$0.hasPrefix("Date: ") }
    }

    @Test func aTagOfOtherBytesIsWeak() async throws {
        try await TestServer.with(Self.router) { server in
            let connection = try await RawConnection(port: server.port)
            connection.send(Self.get("/tagged") + Self.get("/tagged", nil))
            #expect(await connection.receiveResponse().head.contains("ETag: W/\"a\"\r\n"))
            #expect(await connection.receiveResponse().head.contains("ETag: \"a\"\r\n"))
        }
    }

    @Test func aStreamIsSentAsItComes() async throws {
        let stream = StreamTests.TestStream()
        var router = Router.sample
        router.on(.get, "/stream") { _ in
            HTTPServerResponse(status: .ok, headers: [.contentType: "text/plain"], stream: stream)
        }
        try await TestServer.with(router) { server in
            let connection = try await RawConnection(port: server.port)
            connection.send(Self.get("/stream"))
            #expect(await !connection.receive { $0.hasSuffix("\r\n\r\n") }.contains("Content-Encoding"))
            await stream.giveNext(String(repeating: "x", count: 4096))
            #expect(await connection.receive { $0.hasSuffix("x\r\n") }.hasPrefix("1000\r\nxxx"))
            await stream.giveNext(nil)
        }
    }

    /// What takes long does not hold up the event loop.
    @Test func aLargeBodyIsGzippedInATask() async throws {
        let connection = try await ManualConnection(Self.router)
        try await connection.send(Self.get("/json") + Self.get("/large") + Self.get("/health"))
        #expect(try await connection.received().pieces(by: "HTTP/1.1 200 OK").count == 2)
        try await connection.runJob()
        #expect(try await connection.received().pieces(by: "HTTP/1.1 200 OK").count == 3)
    }

    // MARK: Bodies that are there already

    @Test func aReadyBodyIsGzippedOnce() async throws {
        let body = HTTPReadyBody(Self.large)
        var router = Router.sample
        router.on(.get, "/ready") { _ in
            HTTPServerResponse(status: .ok, headers: [.contentType: "text/plain"], ready: body)
        }
        let connection = try await ManualConnection(router)
        try await connection.send(Self.get("/ready", nil))
        #expect(try await connection.received().hasSuffix("aaa"))
        #expect(!body.isGzipped)
        try await connection.send(Self.get("/ready"))
        #expect(try await connection.received() == "")
        try await connection.runJob()
        #expect(try await connection.received().contains("Content-Encoding: gzip\r\n"))
        #expect(body.isGzipped)
        // From now on without a task.
        try await connection.send(Self.get("/ready"))
        #expect(try await connection.received().contains("Content-Encoding: gzip\r\n"))
        let first = body.gzipped()?.withUnsafeReadableBytes(\.baseAddress)
        #expect(first != nil)
        #expect(first == body.gzipped()?.withUnsafeReadableBytes(\.baseAddress))
    }

    @Test func aReadyBodyIsSentWhole() async throws {
        let body = HTTPReadyBody(Self.large)
        var router = Router.sample
        router.onTask(
            .get, "/ready", ready: { $0.query.names.isEmpty ? HTTPServerResponse(status: .ok, ready: body) : nil }
        ) { _ in HTTPServerResponse(status: .accepted, ready: body) }
        try await TestServer.with(router) { server in
            let connection = try await RawConnection(port: server.port)
            connection.send(Self.get("/ready") + Self.get("/ready?x"))
            let ready = await connection.receiveResponse()
            #expect(ready.head.hasPrefix("HTTP/1.1 200 "))
            #expect(ready.body == Self.large)
            let later = await connection.receiveResponse()
            #expect(later.head.hasPrefix("HTTP/1.1 202 "))
            #expect(later.body == Self.large)
            let other = try await RawConnection(port: server.port)
            other.send(Self.get("/ready", method: "HEAD"))
            #expect(await other.receive { $0.hasSuffix("\r\n\r\n") }.contains("Content-Length: 1000000\r\n"))
        }
    }
}
