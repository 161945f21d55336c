import HTTPTypes
import NIOCore
import OrionHTTP
import Testing

/// The way of a connection to another protocol, with one that sends back what it gets in capital letters.
@Suite struct UpgradeTests {
    private final class Shout: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let text = String(buffer: unwrapInboundIn(data)).uppercased()
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            switch event {
            case is ChannelShouldQuiesceEvent:
                context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: "BYE")), promise: nil)
                context.close(promise: nil)
            case ChannelEvent.inputClosed: context.close(promise: nil)
            default: context.fireUserInboundEventTriggered(event)
            }
        }
    }

    private static let request =
        "GET /shout HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: Shout\r\n\r\n"

    private static var router: Router {
        var router = Router.sample
        router.onUpgrade("/shout", to: "shout", required: [.server: "loud"]) { request in
            if request.header("authorization") == "quiet" {
                return .refuse(HTTPServerResponse(status: .upgradeRequired))
            }
            if request.header("authorization") == "none" {
                return .refuse(HTTPServerResponse(status: .forbidden, body: Array("no".utf8)))
            }
            if request.header("authorization") == "broken" {
                return .accept(headers: [:]) { $0.eventLoop.makeFailedFuture(ChannelError.inputClosed) }
            }
            return .accept(headers: [.server: "test"]) { channel in
                channel.pipeline.addHandler(Shout())
            }
        }
        return router
    }

    @Test func changesOver() async throws {
        try await TestServer.with(Self.router) { server in
            let connection = try await RawConnection(port: server.port)
            connection.send("GET /health HTTP/1.1\r\nHost: a\r\n\r\n" + Self.request + "behind")
            let answer = await connection.receive { $0.hasSuffix("BEHIND") }
            let fields = "Connection: Upgrade\r\nUpgrade: shout\r\nServer: test\r\n\r\n"
            #expect(answer.hasSuffix("HTTP/1.1 101 Switching Protocols\r\n" + fields + "BEHIND"))
            connection.send("GET / HTTP/1.1\r\n\r\n")
            #expect(await connection.receive { $0.contains("\r\n\r\n") } == "GET / HTTP/1.1\r\n\r\n")
        }
    }

    @Test func nothingIsLostHoweverTheBytesCome() async throws {
        try await TestServer.with(Self.router) { server in
            let bytes = Array((Self.request + "first second third").utf8)
            for index in stride(from: 1, to: bytes.count, by: 7) {
                let connection = try await RawConnection(port: server.port)
                connection.send(Array(bytes[..<index]))
                connection.send(Array(bytes[index...]))
                #expect(await connection.receive { $0.hasSuffix("THIRD") }.hasSuffix("\r\n\r\nFIRST SECOND THIRD"))
                try await connection.close()
            }
        }
    }

    @Test(arguments: [
        ("GET /shout HTTP/1.1\r\nHost: a\r\n\r\n", 426),
        ("GET /shout HTTP/1.1\r\nHost: a\r\nUpgrade: shout\r\n\r\n", 426),
        ("GET /shout HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n", 426),
        ("GET /shout HTTP/1.0\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: shout\r\n\r\n", 426),
        ("POST /shout HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: shout\r\n\r\n", 405),
        ("HEAD /shout HTTP/1.1\r\nHost: a\r\n\r\n", 405),
        ("GET /shout HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: shout\r\nContent-Length: 1\r\n\r\na", 413),
        ("GET /shout HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: shout\r\nAuthorization: none\r\n\r\n", 403),
        (
            "GET /shout HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: shout\r\nAuthorization: quiet\r\n\r\n",
            426
        ),
    ])
    func refuses(_ request: String, _ status: Int) async throws {
        try await TestServer.with(Self.router) { server in
            let connection = try await RawConnection(port: server.port)
            connection.send(request)
            let response = await connection.receive { $0.contains("\r\n\r\n") }
            #expect(response.hasPrefix("HTTP/1.1 \(status) "))
            if status == 426 {
                #expect(response.contains("Upgrade: shout\r\n"))
                #expect(response.contains("Connection: Upgrade"))
                #expect(response.contains("Server: loud\r\n"))
            }
        }
    }

    @Test func closesWhereTheProtocolCannotBeInstalled() async throws {
        try await TestServer.with(Self.router) { server in
            let connection = try await RawConnection(port: server.port)
            connection.send(Self.request.replacing("Host: a", with: "Host: a\r\nAuthorization: broken"))
            #expect(await connection.receiveAll().hasPrefix("HTTP/1.1 101 "))
        }
    }

    /// Those that changed over have a cap of their own, and take no place of the others.
    @Test func countsApart() async throws {
        var limits = HTTPLimits()
        limits.connections = 2
        limits.upgradedConnections = 5
        try await TestServer.with(Self.router, limits) { server in
            var connections: [RawConnection] = []
            for _ in 0..<5 {
                let connection = try await RawConnection(port: server.port)
                connection.send(Self.request + "a")
                #expect(await connection.receive { $0.hasSuffix("A") }.hasPrefix("HTTP/1.1 101 "))
                connections.append(connection)
            }
            let connection = try await RawConnection(port: server.port)
            connection.send(Self.request)
            #expect(await connection.receiveAll().hasPrefix("HTTP/1.1 503 "))
            let plain = try await RawConnection(port: server.port)
            plain.send("GET /health HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(await plain.receive { $0.hasSuffix("ok") }.hasPrefix("HTTP/1.1 200 "))
        }
    }

    @Test func tellsOfAShutdown() async throws {
        try await TestServer.with(Self.router) { server in
            let connection = try await RawConnection(port: server.port)
            connection.send(Self.request + "a")
            await connection.receive { $0.hasSuffix("A") }
            await server.shutDown()
            #expect(await connection.receiveAll() == "BYE")
        }
    }
}
