import NIOHTTP1
import Testing

@testable import OrionServer

@Suite("What a web page may not do", .timeLimit(.minutes(2)))
struct OriginTests {
    @Test(
        "A change with the Origin of a page from elsewhere is 403, without one or with the server's own it is taken",
        arguments: [
            ("http://evil.example", 403), ("null", 403), ("http://localhost:PORT", 403), ("http://127.0.0.1:1", 403),
            ("http://127.0.0.1", 403), ("http://127.0.0.1:PORT.evil.example", 403), ("", 403),
            ("http://127.0.0.1:PORT", 202), (nil, 202),
        ] as [(String?, Int)])
    func change(origin: String?, status: Int) async throws {
        try await TestServer.run { server in
            try await server.apply(["web": 1])
            let value = origin?.replacing("PORT", with: "\(server.port)")
            let answer = try await server.send(
                .POST, "/api/services/web/restart", headers: value.map { [("Origin", $0)] } ?? [])
            #expect(answer.status == status)
            if status == 403 { #expect(answer.message.contains("Origin")) }
            let generation = status == 403 ? 1 : 2
            #expect(try await server.get("/api/services/web").json["generation"].number == generation)
        }
    }

    @Test("A page's WebSocket does not become an agent's, whatever its site says")
    func socket() async throws {
        try await TestServer.run { server in
            for headers in [
                [("Origin", "http://localhost:3000"), ("Sec-Fetch-Site", "same-site")], [("Origin", "null")],
            ] {
                await #expect(throws: (any Error).self) {
                    _ = try await TestAgent.connect(to: server, headers: headers)
                }
            }
            _ = try await TestAgent.connect(to: server, headers: [("Origin", "http://127.0.0.1:\(server.port)")])
        }
    }

    @Test(
        "On loopback, a Host that may be the name of a site is 403 for everything but /health",
        arguments: [
            ("evil.example", false), ("127.0.0.1.evil.example:6060", false), ("localhost.evil.example", false),
            ("[::1", false), ("127.0.0.1", true), ("127.9.9.9:80", true), ("LocalHost:6060", true),
            ("orion.localhost", true), ("[::1]:6060", true), ("192.168.0.1:6060", true), ("orion:6060", true),
        ])
    func host(_ host: String, isTaken: Bool) async throws {
        try await TestServer.run { server in
            let headers = [("Host", host)]
            let read = try await server.send(.GET, "/api/services", headers: headers)
            #expect(read.status == (isTaken ? 200 : 403))
            if !isTaken { #expect(read.message.contains("\(host)") && read.message.contains("127.0.0.1")) }
            let change = try await server.send(.DELETE, "/api/services/none", headers: headers)
            #expect(change.status == (isTaken ? 404 : 403))
            #expect(try await server.send(.GET, "/health", headers: headers).status == 200)
        }
    }

    @Test("A server that others reach goes by any name")
    func otherAddress() async throws {
        try await TestServer.run(host: "0.0.0.0") { server in
            let headers = [("Host", "orion.example:6060"), ("Origin", "http://orion.example:6060")]
            let answer = try await server.send(.DELETE, "/api/services/none", headers: headers)
            #expect(answer.status == 404)
        }
    }

    @Test("Default ports are those of the page's scheme")
    func defaultPorts() {
        #expect(Authority("a", defaultPort: 443) == Authority("A:443", defaultPort: 443))
        #expect(Authority("[0:0::1]:1") == Authority(host: "::1", port: 1))
        for text in ["", ":1", "a:x", "a:1:2", "[::1", "[::1]x"] { #expect(Authority(text) == nil) }
    }
}
