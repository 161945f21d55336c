import HTTPTypes
import Testing

@testable import OrionHTTP

/// The times of a connection, on a clock that the tests turn.
@Suite struct TimeTests {
    private static let get = "GET /health HTTP/1.1\r\nHost: a\r\n\r\n"

    @Test func cutsAHeadThatTrickles() async throws {
        let connection = try await ManualConnection()
        try await connection.send("GET / HTTP/1.1\r\nX: ")
        for _ in 0..<99 {
            try await connection.send("X")
            await connection.advance(by: 0.1)
        }
        #expect(connection.isOpen)
        await connection.advance(by: 0.1)
        #expect(!connection.isOpen)
    }

    @Test(arguments: ["G", "GET / HTTP/1.1\r\nHost: a\r\n", "\r\n"]) func cutsAnUnfinishedHead(_ part: String)
        async throws
    {
        let connection = try await ManualConnection()
        await connection.advance(by: 5)
        try await connection.send(part)
        await connection.advance(by: 9.9)
        #expect(try await connection.received() == "")
        await connection.advance(by: 0.1)
        #expect(try await connection.received().hasPrefix("HTTP/1.1 408 "))
        #expect(!connection.isOpen)
    }

    @Test func aHeadHasItsOwnTime() async throws {
        let connection = try await ManualConnection()
        for _ in 0..<20 {
            try await connection.send("GET /health HTTP/1.1\r\n")
            await connection.advance(by: 9)
            try await connection.send("Host: a\r\n\r\n")
            #expect(try await connection.received().hasPrefix("HTTP/1.1 200 "))
            await connection.advance(by: 70)
        }
        #expect(connection.isOpen)
    }

    @Test func closesWhoSaysNothing() async throws {
        let connection = try await ManualConnection()
        await connection.advance(by: 9.9)
        #expect(connection.isOpen)
        await connection.advance(by: 0.1)
        #expect(!connection.isOpen)
        #expect(try await connection.received() == "")
    }

    @Test func closesWhoAsksNoMore() async throws {
        let connection = try await ManualConnection()
        try await connection.send(Self.get)
        await connection.advance(by: 50)
        try await connection.send(Self.get)
        await connection.advance(by: 74.9)
        #expect(connection.isOpen)
        _ = try await connection.received()
        await connection.advance(by: 0.1)
        #expect(!connection.isOpen)
        #expect(try await connection.received() == "")
    }

    private static var router: Router {
        var router = Router.sample
        router.on(.put, "/body") { _ in HTTPServerResponse(status: .ok) }
        return router
    }

    @Test func cutsABodyThatStalls() async throws {
        let connection = try await ManualConnection(Self.router)
        try await connection.send("PUT /body HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n")
        await connection.advance(by: 10)
        try await connection.send(String(repeating: "x", count: 60_000))
        await connection.advance(by: 29.9)
        #expect(connection.isOpen)
        await connection.advance(by: 0.1)
        #expect(try await connection.received().hasPrefix("HTTP/1.1 408 "))
        #expect(!connection.isOpen)
    }

    @Test func cutsABodyThatTrickles() async throws {
        let connection = try await ManualConnection(Self.router)
        try await connection.send("PUT /body HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n")
        var seconds = 0
        while connection.isOpen {
            try await connection.send(String(repeating: "x", count: 10))
            await connection.advance(by: 1)
            seconds += 1
        }
        // 30 s, and one for each 512 bytes.
        #expect(seconds == 31)
        #expect(try await connection.received().hasPrefix("HTTP/1.1 408 "))
    }

    @Test func givesARouteItsTime() async throws {
        let connection = try await ManualConnection()
        try await connection.send("GET /later?n=7 HTTP/1.1\r\nHost: a\r\n\r\n" + Self.get)
        await connection.advance(by: 10_000)
        #expect(connection.isOpen)
        try await connection.runJob()
        #expect(try await connection.received().pieces(by: "200 OK").count == 3)
    }

    @Test func cutsWhoDoesNotRead() async throws {
        let connection = try await ManualConnection()
        try await connection.send(Self.get)
        try await connection.setWritable(false)
        try await connection.send(Self.get + Self.get)
        await connection.advance(by: 29)
        // Nothing more is answered as long as that is not taken.
        #expect(try await connection.received().pieces(by: "200 OK").count == 2)
        try await connection.setWritable(true)
        #expect(try await connection.received().pieces(by: "200 OK").count == 3)
        try await connection.setWritable(false)
        await connection.advance(by: 29)
        #expect(connection.isOpen)
        await connection.advance(by: 32)
        #expect(!connection.isOpen)
    }

    // MARK: The end of the server

    @Test func anIdleConnectionGoesAtOnce() async throws {
        let connection = try await ManualConnection()
        try await connection.send(Self.get)
        try await connection.quiesce()
        #expect(!connection.isOpen)
    }

    @Test func aRequestThatHasBegunIsAnswered() async throws {
        let connection = try await ManualConnection()
        try await connection.send("GET /health HT")
        try await connection.quiesce()
        #expect(connection.isOpen)
        try await connection.send("TP/1.1\r\nHost: a\r\n\r\n" + Self.get)
        let response = try await connection.received()
        #expect(response.pieces(by: "200 OK").count == 2)
        #expect(response.contains("Connection: close\r\n"))
        #expect(!connection.isOpen)
    }

    @Test func aRequestThatWaitsIsAnswered() async throws {
        let connection = try await ManualConnection()
        try await connection.send("GET /later HTTP/1.1\r\nHost: a\r\n\r\n" + Self.get)
        try await connection.quiesce()
        #expect(connection.isOpen)
        try await connection.runJob()
        let response = try await connection.received()
        #expect(response.pieces(by: "200 OK").count == 2)
        #expect(response.contains("Connection: close\r\n"))
        #expect(!connection.isOpen)
    }
}
