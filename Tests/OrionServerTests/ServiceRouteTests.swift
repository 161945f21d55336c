import NIOHTTP1
import OrionCore
import Testing

@Suite("/api/services", .timeLimit(.minutes(5)))
struct ServiceRouteTests {
    @Test("The list is sorted by name, and an item is what its own path answers")
    func list() async throws {
        try await TestServer.run { server in
            #expect(try await server.get("/api/services").json == .object(["items": .array([])]))
            try await server.apply(["b": 1, "a": 0, "c": 2])
            let items = try await server.get("/api/services").json["items"].items
            #expect(items.map { $0["name"].text } == ["a", "b", "c"])
            let one = try await server.get("/api/services/c")
            #expect(one.status == 200)
            #expect(one.json == items[2])
            #expect(one.json["replicas"].number == 2)
            #expect(one.json["status"].text == "pending")
            #expect(one.json["observed"]["pending"].number == 2)
            #expect(one.json["createdAt"].number != nil)
            #expect(one.json["updatedAt"].number != nil)
        }
    }

    @Test("The list is made once for a state, and anew for the next")
    func readyList() async throws {
        try await TestServer.run { server in
            try await server.apply(["a": 0, "b": 0])
            let first = try await server.get("/api/services")
            // The second is the bytes that were kept.
            #expect(try await server.get("/api/services").body == first.body)
            #expect(first.header("cache-control") == "no-store")
            #expect(try await server.get("/api/services?x=1").status == 400)
            try await server.apply(["a": 0, "b": 0, "c": 0])
            #expect(try await server.get("/api/services").json["items"].items.count == 3)
            #expect(try await server.send(.POST, "/api/services/c/scale", #"{"replicas":7}"#).status == 202)
            #expect(try await server.get("/api/services").json["items"].items.last?["replicas"].number == 7)
        }
    }

    @Test("Who takes gzip gets the list gzipped, and the new one after a change")
    func gzippedList() async throws {
        try await TestServer.run { server in
            let names = Dictionary(uniqueKeysWithValues: (0..<20).map { ("web-\($0)", 0) })
            try await server.apply(names)
            let plain = try await server.get("/api/services")
            let headers = [("Accept-Encoding", "gzip")]
            let gzipped = try await server.send(.GET, "/api/services", headers: headers)
            #expect(gzipped.header("content-encoding") == "gzip")
            #expect(gzipped.header("vary") == "Accept-Encoding")
            // The client unpacks it, but leaves the fields alone.
            #expect(gzipped.body == plain.body)
            let length = try #require(gzipped.header("content-length").flatMap { Int($0) })
            #expect(length < plain.body.count / 4)
            #expect(try await server.send(.GET, "/api/services", headers: headers).body == plain.body)
            #expect(try await server.get("/api/services").body == plain.body)
            #expect(try await server.send(.POST, "/api/services/web-7/restart").status == 202)
            #expect(try await server.send(.GET, "/api/services", headers: headers).body != plain.body)
        }
    }

    @Test("What is not there is 404", arguments: ["", "/scale", "/restart"])
    func missing(below: String) async throws {
        try await TestServer.run { server in
            let path = "/api/services/none\(below)"
            let answer =
                below == ""
                ? try await server.get(path) : try await server.send(.POST, path, #"{"replicas":1}"#)
            #expect(answer.status == 404)
            #expect(answer.message.contains("none"))
        }
    }

    @Test("Scaling is 202 and changes the specification")
    func scale() async throws {
        try await TestServer.run { server in
            try await server.apply(["web": 1])
            let answer = try await server.send(.POST, "/api/services/web/scale", #"{"replicas":3}"#)
            #expect(answer.status == 202)
            #expect(answer.json["changes"][0]["action"].text == "updated")
            #expect(try await server.get("/api/services/web").json["replicas"].number == 3)
        }
    }

    @Test(
        "A scale that is not understood is 400 and scales nothing",
        arguments: [
            "", "{}", "[]", "3", #"{"replicas":"3"}"#, #"{"replicas":-1}"#, #"{"replicas":10001}"#,
            #"{"replicas":1.5}"#, #"{"replicas":2,"replica":3}"#, #"{"replicas":null}"#,
        ])
    func badScale(body: String) async throws {
        try await TestServer.run { server in
            try await server.apply(["web": 1])
            #expect(try await server.send(.POST, "/api/services/web/scale", body).status == 400)
            #expect(try await server.get("/api/services/web").json["replicas"].number == 1)
        }
    }

    @Test("A scale without a content type is 415")
    func scaleType() async throws {
        try await TestServer.run { server in
            try await server.apply(["web": 1])
            let answer = try await server.send(.POST, "/api/services/web/scale", #"{"replicas":3}"#, type: nil)
            #expect(answer.status == 415)
            #expect(answer.header("accept") == "application/json")
        }
    }

    @Test("A restart is 202 and makes a generation")
    func restart() async throws {
        try await TestServer.run { server in
            try await server.apply(["web": 1])
            #expect(try await server.send(.POST, "/api/services/web/restart").status == 202)
            #expect(try await server.get("/api/services/web").json["generation"].number == 2)
        }
    }

    @Test("A rollback is 202 and makes a generation of the earlier specification; the history tells of it")
    func rollback() async throws {
        try await TestServer.run { server in
            try await server.apply(["web": 1])
            #expect(try await server.send(.POST, "/api/services/web/rollback", type: nil).status == 409)
            #expect(try await server.send(.POST, "/api/services/web/restart").status == 202)
            let answer = try await server.send(.POST, "/api/services/web/rollback", type: nil)
            #expect(answer.status == 202)
            #expect(answer.json["changes"][0]["generation"].number == 3)
            #expect(try await server.send(.POST, "/api/services/web/rollback", #"{"generation":1}"#).status == 202)
            #expect(try await server.send(.POST, "/api/services/web/rollback", #"{"generation":9}"#).status == 404)
            let history = try await server.get("/api/services/web/history")
            #expect(history.status == 200)
            #expect(history.json["items"].items.map { $0["generation"].number } == [4, 3, 2, 1])
            #expect(history.json["items"][0]["specification"]["name"].text == "web")
            #expect(try await server.get("/api/services/none/history").status == 404)
        }
    }

    @Test(
        "A rollback that is not understood is 400 and changes nothing",
        arguments: ["[]", "3", #"{"generation":"3"}"#, #"{"generation":0}"#, #"{"generation":1,"to":2}"#])
    func badRollback(body: String) async throws {
        try await TestServer.run { server in
            try await server.apply(["web": 1])
            #expect(try await server.send(.POST, "/api/services/web/rollback", body).status == 400)
            #expect(try await server.get("/api/services/web").json["generation"].number == 1)
        }
    }

    @Test("A removal is 202; the name is free again")
    func remove() async throws {
        try await TestServer.run { server in
            try await server.apply(["web": 1])
            let answer = try await server.send(.DELETE, "/api/services/web")
            #expect(answer.status == 202)
            #expect(answer.json["changes"][0]["action"].text == "removed")
            #expect(try await server.get("/api/services/web").status == 404)
            #expect(try await server.apply(["web": 1]).status == 202)
        }
    }

    @Test("A query on an endpoint that takes none is 400")
    func query() async throws {
        try await TestServer.run { server in
            try await server.apply(["web": 1])
            #expect(try await server.get("/api/services?limit=1").status == 400)
            #expect(try await server.send(.DELETE, "/api/services/web?force=true").status == 400)
            #expect(try await server.get("/api/services/web").status == 200)
        }
    }

    @Test("A page of another site may read nothing into place: its changes are 403")
    func crossSite() async throws {
        try await TestServer.run { server in
            try await server.apply(["web": 1])
            let headers = [("Sec-Fetch-Site", "cross-site")]
            let answer = try await server.send(.POST, "/api/services/web/restart", headers: headers)
            #expect(answer.status == 403)
            #expect(try await server.get("/api/services/web").json["generation"].number == 1)
        }
    }
}
