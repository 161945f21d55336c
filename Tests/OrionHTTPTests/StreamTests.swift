import HTTPTypes
import NIOCore
import Synchronization
import Testing

@testable import OrionHTTP

/// Bodies that are produced while they are sent.
@Suite struct StreamTests {
    /// A body that a test feeds.
    final class TestStream: HTTPBodyStream {
        struct State {
            var take: (@Sendable ([UInt8]?) -> Void)?
            var asked = 0
            var cancellations = 0
        }

        private let state = Mutex(State())

        func next(_ take: @escaping @Sendable ([UInt8]?) -> Void) {
            state.withLock { state in
                #expect(state.take == nil, "two chunks in flight")
                state.take = take
                state.asked += 1
            }
        }

        func cancel() { state.withLock { $0.cancellations += 1 } }

        var asked: Int { state.withLock { $0.asked } }
        var cancellations: Int { state.withLock { $0.cancellations } }

        func give(_ text: String?) {
            let take = state.withLock { $0.take.take() }
            take?(text.map { Array($0.utf8) })
        }

        /// Gives the text as soon as it is asked for.
        func giveNext(_ text: String?) async {
            while state.withLock({ $0.take == nil }) { await Task.yield() }
            give(text)
        }
    }

    let stream = TestStream()

    var router: Router {
        var router = Router.sample
        router.on(.get, "/stream") { [stream] _ in
            HTTPServerResponse(status: .ok, headers: [.contentType: "text/plain"], stream: stream)
        }
        router.onTask(.get, "/task") { [stream] _ in HTTPServerResponse(status: .ok, stream: stream) }
        return router
    }

    static func get(_ path: String = "/stream", version: String = "1.1", method: String = "GET") -> String {
        "\(method) \(path) HTTP/\(version)\r\nHost: a\r\n\r\n"
    }

    @Test func sendsChunksAndThenTheNextResponse() async throws {
        try await TestServer.with(router) { server in
            let connection = try await RawConnection(port: server.port)
            connection.send(Self.get() + Self.get("/health"))
            let head = await connection.receive { $0.hasSuffix("\r\n\r\n") }
            #expect(head.contains("Transfer-Encoding: chunked\r\n"))
            #expect(!head.contains("Content-Length"))
            await stream.giveNext("hello")
            #expect(await connection.receive { $0.hasSuffix("hello\r\n") } == "5\r\nhello\r\n")
            await stream.giveNext("")
            await stream.giveNext(String(repeating: "x", count: 17))
            await connection.receive { $0.hasPrefix("11\r\nxxx") && $0.hasSuffix("x\r\n") }
            await stream.giveNext(nil)
            let rest = await connection.receive { $0.hasSuffix("ok") }
            #expect(rest.hasPrefix("0\r\n\r\nHTTP/1.1 200 OK\r\n"))
            #expect(stream.cancellations == 0)
        }
    }

    @Test func anHTTP10BodyEndsWithTheConnection() async throws {
        try await TestServer.with(router) { server in
            let connection = try await RawConnection(port: server.port)
            connection.send("GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            let head = await connection.receive { $0.hasSuffix("\r\n\r\n") }
            #expect(head.contains("Connection: close\r\n"))
            #expect(!head.contains("Transfer-Encoding"))
            await stream.giveNext("hello")
            await stream.giveNext(nil)
            #expect(await connection.receiveAll() == "hello")
        }
    }

    @Test func headGetsNothingOfIt() async throws {
        try await TestServer.with(router) { server in
            let connection = try await RawConnection(port: server.port)
            connection.send(Self.get(method: "HEAD") + Self.get("/health"))
            let text = await connection.receive { $0.hasSuffix("ok") }
            #expect(text.contains("\r\n\r\nHTTP/1.1 200 OK\r\n"))
            #expect(stream.asked == 0)
            #expect(stream.cancellations == 1)
        }
    }

    @Test(arguments: ["/stream", "/task"]) func aClientThatGoesAwayEndsIt(_ path: String) async throws {
        try await TestServer.with(router) { server in
            let connection = try await RawConnection(port: server.port)
            connection.send(Self.get(path))
            await connection.receive { $0.hasSuffix("\r\n\r\n") }
            try await connection.closeOutput()
            await connection.receiveAll()
            while stream.cancellations == 0 { await Task.yield() }
            stream.give("late")
            #expect(stream.cancellations == 1)
        }
    }

    @Test func aShutdownCutsIt() async throws {
        try await TestServer.with(router) { server in
            let connection = try await RawConnection(port: server.port)
            connection.send(Self.get())
            await connection.receive { $0.hasSuffix("\r\n\r\n") }
            await stream.giveNext("hello")
            await connection.receive { $0.hasSuffix("hello\r\n") }
            await server.shutDown()
            // No last chunk: the client knows that there was more to come.
            #expect(await connection.receiveAll() == "")
            #expect(stream.cancellations == 1)
        }
    }

    @Test func whatBeginsBehindAShutdownIsCut() async throws {
        let connection = try await ManualConnection(router)
        try await connection.send(Self.get("/task"))
        try await connection.quiesce()
        try await connection.runJob()
        #expect(stream.cancellations == 1)
        #expect(stream.asked == 0)
    }

    @Test func oneChunkWaitsForAClientThatDoesNotRead() async throws {
        try await TestServer.with(router) { server in
            let connection = try await RawConnection(port: server.port, autoRead: false)
            connection.send(Self.get())
            // More than any socket buffer takes, in as many chunks as it has room for.
            let chunk = String(repeating: "x", count: 1 << 20)
            var given = 0
            var idle = 0
            while idle < 200 {
                let asked = stream.asked
                stream.give(chunk)
                try await Task.sleep(for: .milliseconds(1))
                idle = stream.asked == asked ? idle + 1 : 0
                given = stream.asked
            }
            #expect(given < 64, "\(given) chunks were taken though nobody reads")
            try await connection.close()
            while stream.cancellations == 0 { await Task.yield() }
        }
    }

    @Test func whoReadsNothingForLongIsCut() async throws {
        var limits = HTTPLimits()
        limits.streamStallSeconds = 0.05
        limits.lingerSeconds = 0.05
        try await TestServer.with(router, limits) { server in
            let connection = try await RawConnection(port: server.port, autoRead: false)
            connection.send(Self.get())
            let chunk = String(repeating: "x", count: 1 << 20)
            while stream.cancellations == 0 {
                stream.give(chunk)
                await Task.yield()
            }
            try await connection.close()
        }
    }

    @Test func aQuietStreamIsNoFaultOfTheClients() async throws {
        let connection = try await ManualConnection(router)
        try await connection.send(Self.get())
        #expect(try await connection.received().hasSuffix("\r\n\r\n"))
        await connection.advance(by: 100_000)
        #expect(connection.isOpen)
        stream.give("hello")
        #expect(try await connection.received() == "5\r\nhello\r\n")
        await connection.advance(by: 100_000)
        #expect(connection.isOpen)
        #expect(stream.asked == 2)
    }

    @Test func writesEvents() {
        func text(_ event: ServerSentEvent) -> String {
            var bytes: [UInt8] = []
            event.write(to: &bytes)
            return String(decoding: bytes, as: UTF8.self)
        }
        #expect(text(ServerSentEvent(data: "a")) == "data: a\n\n")
        #expect(text(ServerSentEvent(event: "e", id: "7", data: "")) == "event: e\nid: 7\ndata: \n\n")
        #expect(text(ServerSentEvent(data: "a\nb\r\nc\rd\n")) == "data: a\ndata: b\ndata: c\ndata: d\ndata: \n\n")
    }
}
