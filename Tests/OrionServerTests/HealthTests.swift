import NIOHTTP1
import OrionControlPlane
import OrionCore
import OrionStore
import OrionTesting
import Testing

@Suite("/health", .timeLimit(.minutes(5)))
struct HealthTests {
    @Test("GET and HEAD answer 200 while the state can be written")
    func healthy() async throws {
        try await TestServer.run { server in
            let answer = try await server.get("/health")
            #expect(answer.status == 200)
            #expect(answer.json == .object(["status": .string("ok")]))
            #expect(answer.header("content-type") == "application/json")
            let head = try await server.send(.HEAD, "/health?probe=1")
            #expect(head.status == 200)
            #expect(head.body.isEmpty)
        }
    }

    @Test("A store that fails is 503 with the reason, from the failed commit until a probe succeeds; reads go on")
    func outage() async throws {
        let store = FaultyStore(MemoryStore())
        try await TestServer.run(store: store) { server in
            #expect(try await server.apply(["web": 1]).status == 202)
            store.setOutage(StoreError(.full, "there is no room on the disk"))
            let refused = try await server.apply(["web": 2])
            #expect(refused.status == 503)
            #expect(refused.header("retry-after") == "1")
            let sick = try await server.get("/health")
            #expect(sick.status == 503)
            #expect(sick.json["status"].text == "unavailable")
            #expect(sick.json["reason"].text?.contains("no room") == true)
            #expect(try await server.get("/api/services/web").json["replicas"].number == 1)
            store.setOutage(nil)
            _ = try await server.wait(for: "/health") { $0["status"].text == "ok" }
            #expect(try await server.apply(["web": 2]).status == 202)
        }
    }

    @Test("A commit that hangs is 503 with the reason until it ends; who waits for it is answered then")
    func hanging() async throws {
        let store = FaultyStore(MemoryStore())
        var options = ControlPlaneOptions()
        options.commitPatienceSeconds = 0.05
        try await TestServer.run(store: store, options: options) { server in
            #expect(try await server.apply(["web": 1]).status == 202)
            store.inject(.waits, at: store.commits + 1)
            async let taken = server.apply(["web": 2])
            let sick = try await server.wait(for: "/health") { $0["status"].text == "unavailable" }
            #expect(sick["reason"].text?.contains("a commit has not ended") == true)
            let refused = try await server.apply(["web": 3])
            #expect(refused.status == 503)
            #expect(refused.header("retry-after") == "1")
            #expect(try await server.get("/api/services/web").json["replicas"].number == 1)
            store.release()
            #expect(try await taken.status == 202)
            _ = try await server.wait(for: "/health") { $0["status"].text == "ok" }
            #expect(try await server.get("/api/services/web").json["replicas"].number == 2)
        }
    }
}
