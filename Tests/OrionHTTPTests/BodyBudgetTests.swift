import HTTPTypes
import NIOCore
import Testing

@testable import OrionHTTP

/// The memory for bodies is shared by all connections.
@Suite struct BodyBudgetTests {
    private static let head = "PUT /body HTTP/1.1\r\nHost: a\r\nContent-Length: 190000\r\n\r\n"
    private static let body = String(repeating: "x", count: 190_000)

    /// There is room for the body of one request.
    private func makeCore() -> ServerCore {
        var router = Router.sample
        router.onTask(.put, "/body") { HTTPServerResponse(status: .ok, body: Array("\($0.body.count)".utf8)) }
        var limits = HTTPLimits()
        limits.allBodyBytes = 300_000
        return ServerCore(router: router, limits: limits)
    }

    @Test func refusesWhatIsTooMuchForAll() async throws {
        let core = makeCore()
        let first = try await ManualConnection(core)
        try await first.send(Self.head + Self.body.dropLast())
        let second = try await ManualConnection(core)
        try await second.send(Self.head + Self.body)
        #expect(try await second.received().hasPrefix("HTTP/1.1 503 "))
        try await first.send("x")
        try await first.runJob()
        #expect(try await first.received().hasSuffix("190000"))
    }

    @Test func whatIsAnsweredMakesRoom() async throws {
        let core = makeCore()
        for _ in 0..<3 {
            let connection = try await ManualConnection(core)
            try await connection.send(Self.head + Self.body)
            try await connection.runJob()
            #expect(try await connection.received().hasSuffix("190000"))
        }
    }

    @Test func whoGoesAwayMakesRoom() async throws {
        let core = makeCore()
        for _ in 0..<3 {
            let connection = try await ManualConnection(core)
            try await connection.send(Self.head + Self.body.dropLast())
            #expect(try await connection.received() == "")
            try await connection.channel.close()
        }
    }

    /// Its task still holds the body.
    @Test func whoGoesAwayWhileItIsAnsweredDoesNot() async throws {
        let core = makeCore()
        let first = try await ManualConnection(core)
        try await first.send(Self.head + Self.body)
        try await first.channel.close()
        let second = try await ManualConnection(core)
        try await second.send(Self.head + Self.body)
        #expect(try await second.received().hasPrefix("HTTP/1.1 503 "))
        try await first.runJob()
        let third = try await ManualConnection(core)
        try await third.send(Self.head + Self.body)
        #expect(try await third.received() == "")
    }
}
