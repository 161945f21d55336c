import HTTPTypes
import NIOCore
import NIOPosix
import OrionHTTP
import OrionWS
import Testing

@Suite struct MainPathTests {
    @Test func answersGet() async throws {
        try await TestServer.with(.sample) { server in
            let connection = try await RawConnection(port: server.port)
            connection.send("GET /health HTTP/1.1\r\nHost: a\r\n\r\n")
            let response = await connection.receive { $0.hasSuffix("ok") }
            #expect(response.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(response.contains("Content-Length: 2\r\n"))
            #expect(response.contains("\r\nDate: "))
            #expect(!response.contains("Connection:"))
        }
    }

    @Test func answersPost() async throws {
        try await TestServer.with(.sample) { server in
            let connection = try await RawConnection(port: server.port)
            connection.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello")
            #expect(await connection.receive { $0.hasSuffix("hello") }.hasPrefix("HTTP/1.1 202 "))
            connection.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
            connection.send("3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\nTrailer: no\r\n\r\n")
            #expect(await connection.receive { $0.hasSuffix("abcdefg") }.contains("Content-Length: 7\r\n"))
            connection.send("POST /echo HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(await connection.receive { $0.hasSuffix("\r\n\r\n") }.hasPrefix("HTTP/1.1 202 "))
        }
    }

    @Test(arguments: [nil, WebSocketDeflate()]) func upgradesToWebSocket(_ deflate: WebSocketDeflate?) async throws {
        let echo = Echo()
        var configuration = WebSocketConfiguration()
        configuration.deflate = deflate
        var router = Router.sample
        router.onUpgrade("/ws", to: "websocket") { [configuration] request in
            switch WebSocketHandshake.answer(to: { request.header($0) }, configuration: configuration) {
            case .accepted(let upgrade):
                #expect(upgrade.headers.count == (deflate == nil ? 1 : 2))
                var headers = HTTPFields()
                for (name, value) in upgrade.headers {
                    if let name = HTTPField.Name(name) { headers[name] = value }
                }
                return .accept(headers: headers) { channel in
                    upgrade.install(on: channel, handler: echo)
                }
            case .refused(let status, let message):
                return .refuse(
                    HTTPServerResponse(status: .init(code: status), body: Array(message.utf8)))
            }
        }
        try await TestServer.with(router) { server in
            let client = Collector()
            let socket = try await WebSocketClient.connect(
                to: WebSocketURL("ws://127.0.0.1:\(server.port)/ws"), configuration: configuration,
                group: MultiThreadedEventLoopGroup.singleton, handler: client)
            var events = client.events.makeAsyncIterator()
            for text in ["hello", "", String(repeating: "ü", count: 100_000)] {
                socket.send(text: Array(text.utf8))
                #expect(await events.next() == .text(text))
            }
            socket.close(code: 1000, reason: "done")
            guard case .closed(let closure) = await events.next() else {
                Issue.record("not closed")
                return
            }
            #expect(closure.origin == .local)
            #expect(closure.code == 1000)
            // The client may see the end first.
            #expect(await echo.closures.first { _ in true }?.reason == "done")
        }
    }
}

private final class Echo: WebSocketHandler {
    let closures: AsyncStream<WebSocketClosure>
    private let continuation: AsyncStream<WebSocketClosure>.Continuation

    init() {
        (closures, continuation) = AsyncStream.makeStream()
    }

    func opened(_ socket: WebSocket) {}
    func received(text: ByteBuffer, _ socket: WebSocket) { socket.send(text: Array(text.readableBytesView)) }
    func received(binary: ByteBuffer, _ socket: WebSocket) { socket.send(binary: Array(binary.readableBytesView)) }
    func closed(_ closure: WebSocketClosure, _ socket: WebSocket) { continuation.yield(closure) }
}

private final class Collector: WebSocketHandler {
    enum Event: Equatable {
        case text(String)
        case binary([UInt8])
        case closed(WebSocketClosure)
    }

    let events: AsyncStream<Event>
    private let continuation: AsyncStream<Event>.Continuation

    init() {
        (events, continuation) = AsyncStream.makeStream()
    }

    func opened(_ socket: WebSocket) {}
    func received(text: ByteBuffer, _ socket: WebSocket) { continuation.yield(.text(String(buffer: text))) }
    func received(binary: ByteBuffer, _ socket: WebSocket) {
        continuation.yield(.binary(Array(binary.readableBytesView)))
    }
    func closed(_ closure: WebSocketClosure, _ socket: WebSocket) { continuation.yield(.closed(closure)) }
}
