import NIOHTTP1
import OrionCore
import Testing

@Suite("Paths and methods", .timeLimit(.minutes(5)))
struct RoutingTests {
    @Test(
        "Unknown paths are 404, those of later versions too",
        arguments: [
            "/", "/api", "/api/events", "/metrics", "/openapi.json", "/api/services/web/history",
            "/api/services/web/explain", "/api/services/web/logs", "/api/services/", "/health/x",
        ])
    func unknown(path: String) async throws {
        try await TestServer.run { server in
            let answer = try await server.get(path)
            #expect(answer.status == 404)
            #expect(answer.header("content-type") == "application/json")
            #expect(!answer.message.isEmpty)
            #expect(answer.json["issues"] == .array([]))
        }
    }

    @Test("Another method is 405 with Allow")
    func method() async throws {
        try await TestServer.run { server in
            for (method, path, allowed) in [
                (HTTPMethod.GET, "/api/apply", "POST"), (.PUT, "/api/services/web", "DELETE, GET, HEAD"),
                (.POST, "/health", "GET, HEAD"), (.GET, "/api/nodes/a/drain", "POST"),
            ] {
                let answer = try await server.send(method, path)
                #expect(answer.status == 405)
                #expect(answer.header("allow") == allowed)
            }
        }
    }

    @Test("/ws without an upgrade is 426")
    func webSocket() async throws {
        try await TestServer.run { server in
            let answer = try await server.get("/ws")
            #expect(answer.status == 426)
            #expect(answer.header("upgrade")?.lowercased() == "websocket")
            #expect(answer.header("sec-websocket-version") == "13")
            #expect(!answer.message.isEmpty)
        }
    }

    @Test("Another version of WebSocket is 426 too, and says which is spoken")
    func webSocketVersion() async throws {
        try await TestServer.run { server in
            let answer = try await server.send(
                .GET, "/ws",
                headers: [
                    ("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "8"),
                    ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
                ])
            #expect(answer.status == 426)
            #expect(answer.header("upgrade")?.lowercased() == "websocket")
            #expect(answer.header("connection")?.lowercased().contains("upgrade") == true)
            #expect(answer.header("sec-websocket-version") == "13")
        }
    }

    @Test("A body that is needed and has no length is 411", arguments: ["apply", "services/web/scale"])
    func lengthRequired(path: String) async throws {
        try await TestServer.run { server in
            // An empty one has a length.
            #expect(try await server.send(.POST, "/api/\(path)", "").status == 400)
            let answer = try await server.sendRaw(
                "POST /api/\(path) HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 411 "))
        }
    }
}
