import NIOHTTP1
import OrionControlPlane
import OrionCore
import Testing

@Suite("/api/nodes", .timeLimit(.minutes(5)))
struct NodeRouteTests {
    @Test("A node is listed as its agent says it, and found by id and by name")
    func list() async throws {
        try await TestServer.run { server in
            #expect(try await server.get("/api/nodes").json == .object(["items": .array([])]))
            let agent = try await TestAgent.join(server, "id-1", name: "machine", labels: ["zone": "a"])
            _ = try await agent.frame("welcome")
            let items = try await server.wait(for: "/api/nodes") { $0["items"][0]["status"].text == "ready" }["items"]
            #expect(items.items.count == 1)
            #expect(items[0]["id"].text == "id-1")
            #expect(items[0]["name"].text == "machine")
            #expect(items[0]["labels"]["zone"].text == "a")
            #expect(items[0]["connected"] == .bool(true))
            #expect(items[0]["lastHeartbeat"] == .null)
            #expect(try await server.get("/api/nodes/id-1").json["id"].text == "id-1")
            #expect(try await server.get("/api/nodes/machine").json["id"].text == "id-1")
            agent.send(#"{"type":"heartbeat","payload":{"timestamp":1,"metrics":{"cpu":12.5,"memory":1024}}}"#)
            let beating = try await server.wait(for: "/api/nodes/id-1") { $0["lastHeartbeat"] != .null }
            #expect(beating["metrics"]["memory"].number == 1024)
            agent.close()
        }
    }

    @Test("The last heartbeat is when it was read from the socket, not when the engine took it in")
    func lastHeartbeat() async throws {
        try await TestServer.run { server in
            let agent = try await TestAgent.join(server, "one")
            _ = try await agent.frame("welcome")
            let before = server.controlPlane.wallTime.milliseconds
            agent.send(#"{"type":"heartbeat","payload":{"timestamp":1,"metrics":{"cpu":1,"memory":1}}}"#)
            #expect(await agent.isAnswered(), "it has been read then, since the ping came behind it")
            let after = server.controlPlane.wallTime.milliseconds
            let beating = try await server.wait(for: "/api/nodes/one") { $0["lastHeartbeat"] != .null }
            let shown = try #require(beating["lastHeartbeat"].number)
            #expect((Int(before)...Int(after)).contains(shown))
        }
    }

    @Test("What is not there is 404, an ambiguous name 409")
    func missing() async throws {
        try await TestServer.run { server in
            #expect(try await server.get("/api/nodes/none").status == 404)
            #expect(try await server.send(.POST, "/api/nodes/none/drain").status == 404)
            #expect(try await server.send(.DELETE, "/api/nodes/none").status == 404)
            let agents = [
                try await TestAgent.join(server, "one", name: "twin"),
                try await TestAgent.join(server, "two", name: "twin"),
            ]
            for agent in agents { _ = try await agent.frame("welcome") }
            _ = try await server.wait(for: "/api/nodes") { $0["items"].items.count == 2 }
            #expect(try await server.get("/api/nodes/twin").status == 409)
            #expect(try await server.send(.POST, "/api/nodes/twin/cordon").status == 409)
        }
    }

    @Test("Cordon, drain and uncordon answer 200 with the node as it is now")
    func cordon() async throws {
        try await TestServer.run { server in
            let agent = try await TestAgent.join(server, "one")
            _ = try await agent.frame("welcome")
            _ = try await server.wait(for: "/api/nodes") { $0["items"].items.count == 1 }
            let cordoned = try await server.send(.POST, "/api/nodes/one/cordon")
            #expect(cordoned.status == 200)
            #expect(cordoned.json["schedulable"] == .bool(false))
            let drained = try await server.send(.POST, "/api/nodes/one/drain")
            #expect(drained.json["draining"] == .bool(true))
            let back = try await server.send(.POST, "/api/nodes/one/uncordon")
            #expect(back.json["schedulable"] == .bool(true))
            #expect(back.json["draining"] == .bool(false))
        }
    }

    @Test("A node is forgotten with 200, but 409 while it is connected")
    func forget() async throws {
        try await TestServer.run { server in
            let agent = try await TestAgent.join(server, "one")
            _ = try await agent.frame("welcome")
            _ = try await server.wait(for: "/api/nodes") { $0["items"].items.count == 1 }
            #expect(try await server.send(.DELETE, "/api/nodes/one").status == 409)
            agent.close()
            _ = try await server.wait(for: "/api/nodes/one") { $0["connected"] == .bool(false) }
            let forgotten = try await server.send(.DELETE, "/api/nodes/one")
            #expect(forgotten.status == 200)
            #expect(forgotten.json["id"].text == "one")
            #expect(try await server.get("/api/nodes/one").status == 404)
        }
    }
}
