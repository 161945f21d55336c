import HTTPTypes
import NIOCore
import Synchronization
import Testing

@testable import OrionHTTP

/// What a connection does over its life, over real sockets.
@Suite struct ConnectionTests {
    private static let get = "GET /health HTTP/1.1\r\nHost: a\r\n\r\n"

    private static func limits(_ change: (inout HTTPLimits) -> Void) -> HTTPLimits {
        var limits = HTTPLimits()
        limits.lingerSeconds = 1
        change(&limits)
        return limits
    }

    @Test func answersPipelinedRequestsInOrder() async throws {
        try await TestServer.with(.sample) { server in
            let connection = try await RawConnection(port: server.port)
            let requests = (0..<200).map { number in
                number % 3 == 0
                    ? "GET /later?n=\(number)\u{20}HTTP/1.1\r\nHost: a\r\n\r\n"
                    : "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nnow\(100 + number)"
            }
            connection.send(requests.joined())
            let response = await connection.receive { $0.hasSuffix("now299") }
            let bodies = response.pieces(by: "HTTP/1.1 ").dropFirst()
                .map { $0.pieces(by: "\r\n\r\n")[1] }
            #expect(bodies == (0..<200).map { $0 % 3 == 0 ? "later \($0)" : "now\(100 + $0)" })
        }
    }

    @Test func speaksHTTP10() async throws {
        try await TestServer.with(.sample) { server in
            var connection = try await RawConnection(port: server.port)
            connection.send("GET /health HTTP/1.0\r\n\r\n")
            #expect(await connection.receiveAll().hasSuffix("\r\n\r\nok"))
            connection = try await RawConnection(port: server.port)
            for _ in 0..<2 {
                connection.send("GET /health HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
                #expect(await connection.receive { $0.hasSuffix("ok") }.contains("Connection: keep-alive\r\n"))
            }
        }
    }

    /// A refusal that leaves the stream in order ends no connection of HTTP/1.0 that was to live on.
    @Test func anHTTP10ConnectionLivesOnAfterARefusal() async throws {
        try await TestServer.with(.sample) { server in
            let connection = try await RawConnection(port: server.port)
            connection.send("GET /nothing HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n")
            let refusal = await connection.receive { $0.contains("nothing") }
            #expect(refusal.hasPrefix("HTTP/1.1 404 "))
            #expect(refusal.contains("Connection: keep-alive\r\n"))
            connection.send("POST /echo HTTP/1.0\r\nContent-Length: 5\r\nConnection: Keep-Alive\r\n\r\nhello")
            #expect(await connection.receive { $0.hasSuffix("hello") }.contains("Connection: keep-alive\r\n"))
            connection.send("GET /health HTTP/1.0\r\nConnection: close\r\n\r\n")
            #expect(await connection.receiveAll().contains("Connection: close\r\n"))
        }
    }

    @Test func closesWhenAsked() async throws {
        try await TestServer.with(.sample) { server in
            let connection = try await RawConnection(port: server.port)
            connection.send("GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" + Self.get)
            let response = await connection.receiveAll()
            #expect(response.contains("Connection: close\r\n"))
            #expect(response.pieces(by: "200 OK").count == 2)
        }
    }

    @Test func answersHeadWithoutABody() async throws {
        try await TestServer.with(.sample) { server in
            let connection = try await RawConnection(port: server.port)
            connection.send(
                "HEAD /health HTTP/1.1\r\nHost: a\r\n\r\nHEAD /nothing HTTP/1.1\r\nHost: a\r\n\r\n" + Self.get)
            let response = await connection.receive { $0.hasSuffix("ok") }
            #expect(response.pieces(by: "Content-Length: 2\r\n").count == 3)
            #expect(response.pieces(by: "\r\n\r\n").count == 4)
        }
    }

    /// A client that closes its side and waits, as `nc -N` does.
    @Test(arguments: ["/health", "/later?n=1"]) func answersAHalfClosedClient(_ path: String) async throws {
        try await TestServer.with(.sample) { server in
            let connection = try await RawConnection(port: server.port)
            connection.send("GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n" + Self.get)
            try await connection.closeOutput()
            #expect(await connection.receiveAll().pieces(by: "200 OK").count == 3)
        }
    }

    /// What comes behind is cut off: nobody waits for its rest.
    @Test func closesBehindTheLastWholeRequest() async throws {
        var limits = HTTPLimits()
        limits.headSeconds = 1000
        try await TestServer.with(.sample, limits) { server in
            let connection = try await RawConnection(port: server.port)
            connection.send("GET /later?n=1 HTTP/1.1\r\nHost: a\r\n\r\nGET /health HTTP/1.1\r\nHo")
            try await connection.closeOutput()
            #expect(await connection.receiveAll().hasSuffix("later 1"))
        }
    }

    @Test func tellsAClientToGoOn() async throws {
        try await TestServer.with(.sample) { server in
            let connection = try await RawConnection(port: server.port)
            connection.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n")
            #expect(await connection.receive { $0.hasSuffix("\r\n\r\n") } == "HTTP/1.1 100 Continue\r\n\r\n")
            connection.send("hello" + Self.get)
            #expect(await connection.receive { $0.hasSuffix("ok") }.contains("hello"))
        }
    }

    @Test(arguments: [("/echo", 5000, 413), ("/nothing", 5, 404), ("/health", 5, 405)])
    func doesNotLetAClientGoOnInVain(_ path: String, _ length: Int, _ status: Int) async throws {
        try await TestServer.with(.sample, Self.limits { _ in }) { server in
            let connection = try await RawConnection(port: server.port)
            connection.send(
                "POST \(path) HTTP/1.1\r\nHost: a\r\nContent-Length: \(length)\r\nExpect: 100-continue\r\n\r\n")
            #expect(await connection.receiveAll().hasPrefix("HTTP/1.1 \(status) "))
        }
    }

    /// HTTP/1.0 has no 100 Continue (RFC 9110 §10.1.1), and a client whose body is there already waits for none.
    @Test(arguments: [
        "POST /echo HTTP/1.0\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\nhello",
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\nhello",
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nExpect: 100-continue\r\n\r\n",
    ])
    func tellsNobodyToGoOnWhoDoesNotWait(_ request: String) async throws {
        try await TestServer.with(.sample) { server in
            let connection = try await RawConnection(port: server.port)
            connection.send(request)
            #expect(await connection.receive { $0.contains("\r\n\r\n") }.hasPrefix("HTTP/1.1 202 "))
        }
    }

    @Test func tellsAClientToGoOnWithChunks() async throws {
        try await TestServer.with(.sample) { server in
            let connection = try await RawConnection(port: server.port)
            connection.send(
                "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nExpect: 100-Continue\r\n\r\n")
            #expect(await connection.receive { $0.hasSuffix("\r\n\r\n") } == "HTTP/1.1 100 Continue\r\n\r\n")
            connection.send("5\r\nhello\r\n0\r\n\r\n")
            #expect(await connection.receive { $0.hasSuffix("hello") }.hasPrefix("HTTP/1.1 202 "))
        }
    }

    /// The body of a request that no route takes is read past.
    @Test func livesOnAfterARefusal() async throws {
        try await TestServer.with(.sample) { server in
            let connection = try await RawConnection(port: server.port)
            connection.send("POST /health HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello")
            connection.send(
                "POST /nothing HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
                    + Self.get)
            let response = await connection.receive { $0.hasSuffix("ok") }
            #expect(response.contains("HTTP/1.1 405 "))
            #expect(response.contains("Allow: GET, HEAD\r\n"))
            #expect(response.contains("HTTP/1.1 404 "))
        }
    }

    /// The answer reaches a client that sends its whole body before it looks.
    @Test func aLateReaderSeesWhyItWasRefused() async throws {
        try await TestServer.with(.sample) { server in
            let connection = try await RawConnection(port: server.port)
            connection.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 8000000\r\n\r\n")
            for _ in 0..<8 {
                try? await connection.channel.writeAndFlush(ByteBuffer(repeating: 0x61, count: 1_000_000))
            }
            #expect(await connection.receive { $0.contains("\r\n\r\n") }.hasPrefix("HTTP/1.1 413 "))
            try? await connection.closeOutput()
        }
    }

    @Test func anIgnoredUpgradeIsAnswered() async throws {
        try await TestServer.with(.sample) { server in
            let connection = try await RawConnection(port: server.port)
            connection.send(
                "GET /health HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n\r\n"
                    + Self.get)
            let response = await connection.receiveAll()
            #expect(response.pieces(by: "200 OK").count == 2)
            #expect(response.contains("Connection: close\r\n"))
        }
    }

    // MARK: Many, and too much

    @Test func shedsWhatIsTooMany() async throws {
        let limits = Self.limits { $0.connections = 10 }
        try await TestServer.with(.sample, limits) { server in
            var connections: [RawConnection] = []
            for _ in 0..<10 {
                let connection = try await RawConnection(port: server.port)
                connection.send(Self.get)
                await connection.receive { $0.hasSuffix("ok") }
                connections.append(connection)
            }
            let more = try await RawConnection(port: server.port)
            more.send(Self.get)
            let response = await more.receiveAll()
            #expect(response.hasPrefix("HTTP/1.1 503 "))
            #expect(response.contains("Retry-After: 1\r\n"))
            try await connections.removeLast().close()
            // Its place is free as soon as the server has seen the end.
            var isServed = false
            while !isServed {
                let again = try await RawConnection(port: server.port)
                again.send(Self.get)
                isServed = await again.receive { $0.contains("\r\n\r\n") }.hasPrefix("HTTP/1.1 200 ")
                try? await again.close()
            }
            connections[0].send(Self.get)
            #expect(await connections[0].receive { $0.hasSuffix("ok") }.hasPrefix("HTTP/1.1 200 "))
        }
    }

    /// A client that asks and does not read holds up itself only, and is cut in the end.
    @Test func doesNotAnswerWhoDoesNotRead() async throws {
        let asked = Mutex(0)
        var router = Router.sample
        router.on(.get, "/big") { _ in
            asked.withLock { $0 += 1 }
            return HTTPServerResponse(status: .ok, body: [UInt8](repeating: 0x61, count: 1_000_000))
        }
        try await TestServer.with(router, Self.limits { $0.writeStallSeconds = 0.3 }) { server in
            let connection = try await RawConnection(port: server.port, autoRead: false)
            connection.send(String(repeating: "GET /big HTTP/1.1\r\nHost: a\r\n\r\n", count: 1000))
            try await connection.channel.closeFuture.get()
            #expect(asked.withLock { $0 } < 50)
        }
    }

    @Test func asksWhetherAQuietClientIsStillThere() async throws {
        var router = Router.sample
        let (options, found) = AsyncStream.makeStream(of: [Int].self)
        router.onUpgrade("/options", to: "options") { _ in
            .accept(headers: [:]) { channel in
                let names: [NIOBSDSocket.Option] = [.keepAliveIdle, .keepAliveInterval, .keepAliveCount]
                let values = names.map { channel.getOption(.tcpOption($0)) }
                return EventLoopFuture.whenAllSucceed(values, on: channel.eventLoop)
                    .and(channel.getOption(.socketOption(.so_keepalive)))
                    .map { found.yield([$0.1] + $0.0) }
            }
        }
        // Nothing closes a connection without a handler but the server's end.
        try await TestServer.with(router, Self.limits { $0.shutdownSeconds = 0 }) { server in
            let connection = try await RawConnection(port: server.port)
            connection.send("GET /options HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: options\r\n\r\n")
            for await values in options {
                #expect(values == [1, 60, 15, 4])
                break
            }
            try await connection.close()
        }
    }

    // MARK: The end

    @Test func closesIdleConnectionsAtAShutdown() async throws {
        try await TestServer.with(.sample) { server in
            let connection = try await RawConnection(port: server.port)
            connection.send(Self.get)
            await connection.receive { $0.hasSuffix("ok") }
            await server.shutDown()
            #expect(await connection.receiveAll() == "")
            await #expect(throws: (any Error).self) { try await RawConnection(port: server.port) }
        }
    }

    @Test func finishesWhatIsInFlight() async throws {
        let (begun, begin) = AsyncStream.makeStream(of: Void.self)
        let (ends, end) = AsyncStream.makeStream(of: Void.self)
        var router = Router.sample
        router.onTask(.get, "/slow") { _ in
            begin.yield()
            for await _ in ends { break }
            return HTTPServerResponse(status: .ok, body: Array("slow".utf8))
        }
        try await TestServer.with(router) { server in
            let connection = try await RawConnection(port: server.port)
            connection.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n" + Self.get)
            for await _ in begun { break }
            let idle = try await RawConnection(port: server.port)
            idle.send(Self.get)
            await idle.receive { $0.hasSuffix("ok") }
            await server.shutDown()
            #expect(await idle.receiveAll() == "")
            end.yield()
            let response = await connection.receiveAll()
            #expect(response.contains("Connection: close\r\n"))
            #expect(response.hasSuffix("slow"))
        }
    }

    @Test func givesUpWhatDoesNotEnd() async throws {
        var router = Router.sample
        let (begun, begin) = AsyncStream.makeStream(of: Void.self)
        router.onTask(.get, "/never") { _ in
            begin.yield()
            try? await Task.sleep(for: .seconds(1000))
            return HTTPServerResponse(status: .ok)
        }
        try await TestServer.with(router, Self.limits { $0.shutdownSeconds = 0.2 }) { server in
            let connection = try await RawConnection(port: server.port)
            connection.send("GET /never HTTP/1.1\r\nHost: a\r\n\r\n")
            for await _ in begun { break }
            await server.shutDown()
            #expect(await connection.receiveAll() == "")
        }
    }

    @Test func saysWhyItCannotListen() async throws {
        try await TestServer.with(.sample) { server in
            let second = HTTPServer(
                configuration: HTTPServerConfiguration(host: "127.0.0.1", port: server.port), router: .sample,
                group: TestServer.group, logger: TestServer.quiet)
            await #expect {
                try await second.run()
            } throws: { error in
                guard let error = error as? HTTPServerError else { return false }
                return "\(error)" == "cannot listen on 127.0.0.1, port \(server.port): Address already in use"
            }
        }
    }
}
