import NIOHTTP1
import OrionControlPlane
import OrionCore
import OrionScheduler
import OrionServer
import OrionStore
import OrionTesting
import OrionWS
import ServiceLifecycle
import Testing

@Suite("/ws", .timeLimit(.minutes(5)))
struct GatewayTests {
    @Test("An agent with base fields is welcomed, told to launch, and believed")
    func launch() async throws {
        try await TestServer.run { server in
            let agent = try await TestAgent.join(server, "one")
            let welcome = try await agent.frame("welcome")
            #expect(welcome["nodeId"].text == "one")
            #expect(welcome["heartbeatIntervalSeconds"].number == 5)
            #expect(welcome["heartbeatTimeoutSeconds"].number == 10)
            try await server.apply(["web": 1])
            let launch = try await agent.frame("launch")
            #expect(launch["service"]["name"].text == "web")
            #expect(launch["service"]["command"].text == "sleep 1000")
            let id = try #require(launch["replicaId"].text)
            agent.status("web", id, .running)
            let record = try await server.wait(for: "/api/services/web") { $0["status"].text == "running" }
            #expect(record["instances"][0]["replicaId"].text == id)
            #expect(record["instances"][0]["nodeId"].text == "one")
            #expect(try await server.send(.DELETE, "/api/services/web").status == 202)
            #expect(try await agent.frame("stop")["replicaId"].text == id)
        }
    }

    @Test("Frames of a session reach the engine in order")
    func order() async throws {
        try await TestServer.run { server in
            let agent = try await TestAgent.join(server, "one")
            try await server.apply(["web": 1])
            let id = try #require(try await agent.frame("launch")["replicaId"].text)
            for _ in 0..<500 {
                agent.status("web", id, .running)
                agent.status("web", id, .unhealthy)
            }
            agent.status("web", id, .stopped)
            _ = try await server.wait(for: "/api/services/web") { record in
                !record["instances"].items.contains { $0["replicaId"].text == id && $0["state"].text != "stopped" }
            }
        }
    }

    @Test("A connection that says nothing is closed with 4408")
    func silent() async throws {
        try await TestServer.run(configure: { $0.helloSeconds = 0.05 }) { server in
            let agent = try await TestAgent.connect(to: server)
            #expect(try await agent.closure().code == 4408)
        }
    }

    @Test(
        "Bad input closes that connection, and harms no other",
        arguments: [
            (#"{"type":"heartbeat","payload":{"timestamp":1,"metrics":{"cpu":1,"memory":1}}}"#, 4408 as UInt16),
            ("not json", 1007), (#"{"payload":{}}"#, 1007),
            (#"{"type":"hello","payload":{"nodeId":"x"}}"#, 4400),
        ])
    func badInput(frame: String, code: UInt16) async throws {
        try await TestServer.run { server in
            let good = try await TestAgent.join(server, "good")
            _ = try await good.frame("welcome")
            let bad = try await TestAgent.connect(to: server)
            bad.send(frame)
            let closure = try await bad.closure()
            #expect(closure.code == code)
            #expect(!closure.reason.isEmpty)
            try await server.apply(["web": 1])
            _ = try await good.frame("launch")
            #expect(try await server.get("/api/nodes").json["items"].items.count == 1)
        }
    }

    @Test("A changed nodeId is 4400, an oversized frame 1009")
    func joined() async throws {
        try await TestServer.run { server in
            let changing = try await TestAgent.join(server, "one")
            _ = try await changing.frame("welcome")
            changing.hello("two")
            #expect(try await changing.closure().code == 4400)
            let large = try await TestAgent.join(server, "three")
            _ = try await large.frame("welcome")
            large.send(Array(repeating: UInt8(ascii: " "), count: (1 << 20) + 1))
            #expect(try await large.closure().code == 1009)
            #expect(
                try await server.get("/api/nodes").json["items"].items.compactMap { $0["id"].text } == ["one", "three"])
        }
    }

    @Test("A binary frame is 1003")
    func binary() async throws {
        try await TestServer.run { server in
            let agent = try await TestAgent.join(server, "one")
            _ = try await agent.frame("welcome")
            agent.socket?.send(binary: [1, 2, 3])
            #expect(try await agent.closure().code == 1003)
        }
    }

    @Test("Unknown types are passed over, and told of at the end of the session")
    func unknown() async throws {
        try await TestServer.run { server in
            let agent = try await TestAgent.join(server, "one")
            _ = try await agent.frame("welcome")
            agent.send(#"{"type":"later","payload":{"x":[1,2]}}"#)
            agent.send(#"{"type":"status","payload":{"service":"s","replicaId":"s-1","state":"dancing"}}"#)
            try await server.apply(["web": 1])
            _ = try await agent.frame("launch")
            #expect(!server.log.contains("Ignored frames of an agent"))
            agent.close()
            try await server.log.wait(for: "Ignored frames of an agent")
        }
    }

    @Test("The newest session of an agent wins; the older is closed with 4409")
    func newest() async throws {
        try await TestServer.run { server in
            let older = try await TestAgent.join(server, "one")
            _ = try await older.frame("welcome")
            let newer = try await TestAgent.join(server, "one")
            _ = try await newer.frame("welcome")
            #expect(try await older.closure().code == 4409)
            try await server.apply(["web": 1])
            _ = try await newer.frame("launch")
        }
    }

    @Test("Another agent with the id of one that answers is closed with 4409")
    func twins() async throws {
        try await TestServer.run { server in
            let first = try await TestAgent.join(server, "one", instanceId: "a")
            _ = try await first.frame("welcome")
            let second = try await TestAgent.join(server, "one", instanceId: "b")
            #expect(try await second.closure().code == 4409)
            try await server.apply(["web": 1])
            _ = try await first.frame("launch")
        }
    }

    @Test("goodbye makes the node not-ready at once, and its replicas move")
    func goodbye() async throws {
        try await TestServer.run { server in
            let leaving = try await TestAgent.join(server, "one")
            _ = try await leaving.frame("welcome")
            try await server.apply(["web": 1])
            _ = try await leaving.frame("launch")
            let staying = try await TestAgent.join(server, "two")
            _ = try await staying.frame("welcome")
            leaving.send(#"{"type":"leaving","payload":{}}"#)
            leaving.send(#"{"type":"goodbye","payload":{}}"#)
            _ = try await staying.frame("launch")
            _ = try await server.wait(for: "/api/nodes/one") { $0["status"].text == "not-ready" }
        }
    }

    @Test("A cut connection is lost after the timeout, not before")
    func lost() async throws {
        let options = ControlPlaneOptions(
            reconciler: ReconcilerOptions(heartbeatIntervalSeconds: 0.5, heartbeatTimeoutSeconds: 2))
        try await TestServer.run(options: options) { server in
            let gone = try await TestAgent.join(server, "one")
            _ = try await gone.frame("welcome")
            try await server.apply(["web": 1])
            _ = try await gone.frame("launch")
            let staying = try await TestAgent.join(server, "two")
            _ = try await staying.frame("welcome")
            gone.close()
            let node = try await server.wait(for: "/api/nodes/one") { $0["connected"] == .bool(false) }
            #expect(node["status"].text == "ready")
            _ = try await staying.frame("launch")
            _ = try await server.wait(for: "/api/nodes/one") { $0["status"].text == "not-ready" }
        }
    }

    @Test("A page of another site may not become an agent")
    func crossSite() async throws {
        try await TestServer.run { server in
            await #expect(throws: (any Error).self) {
                _ = try await TestAgent.connect(to: server, headers: [("Sec-Fetch-Site", "cross-site")])
            }
        }
    }

    @Test("At a shutdown every agent is closed with 1001")
    func shutdown() async throws {
        try await TestServer.run { server in
            let agents = [try await TestAgent.join(server, "one"), try await TestAgent.connect(to: server)]
            _ = try await agents[0].frame("welcome")
            await server.services.triggerGracefulShutdown()
            for agent in agents {
                let closure = try await agent.closure()
                #expect(closure.code == 1001)
                #expect(closure.reason.contains("shutting down"))
            }
        }
    }

    @Test("While the store fails, nothing is launched; afterwards it is")
    func outage() async throws {
        let store = FaultyStore(MemoryStore())
        try await TestServer.run(store: store) { server in
            let agent = try await TestAgent.join(server, "one")
            _ = try await agent.frame("welcome")
            store.setOutage(StoreError(.full, "there is no room"))
            #expect(try await server.apply(["web": 1]).status == 503)
            #expect(try await server.get("/api/services").json["items"].items.isEmpty)
            store.setOutage(nil)
            _ = try await server.wait(for: "/health") { $0["status"].text == "ok" }
            #expect(try await server.apply(["web": 1]).status == 202)
            _ = try await agent.frame("launch")
        }
    }
}
