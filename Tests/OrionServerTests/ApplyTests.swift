import NIOHTTP1
import OrionCore
import Testing

@Suite("/api/apply", .timeLimit(.minutes(5)))
struct ApplyTests {
    @Test("A configuration is accepted with 202, and again changes nothing")
    func accepted() async throws {
        try await TestServer.run { server in
            let first = try await server.apply(["web": 2, "api": 1])
            #expect(first.status == 202)
            #expect(first.json["status"].text == "accepted")
            #expect(first.json["changes"].items.map { $0["service"].text } == ["api", "web"])
            #expect(first.json["changes"].items.allSatisfy { $0["action"].text == "created" })
            let again = try await server.apply(["web": 2, "api": 1])
            #expect(again.status == 202)
            #expect(again.json["changes"].items.allSatisfy { $0["action"].text == "unchanged" })
            #expect(again.json["revision"] == first.json["revision"])
        }
    }

    @Test("A dry run is 200 and stores nothing")
    func dryRun() async throws {
        try await TestServer.run { server in
            let answer = try await server.apply(["web": 2], query: "?dryRun=true")
            #expect(answer.status == 200)
            #expect(answer.json["status"].text == "planned")
            #expect(try await server.get("/api/services").json["items"].items.isEmpty)
        }
    }

    @Test("What the document no longer names is orphaned, or removed with prune")
    func prune() async throws {
        try await TestServer.run { server in
            try await server.apply(["a": 1, "b": 1])
            let orphaned = try await server.apply(["a": 1])
            #expect(orphaned.json["changes"].items.contains { $0["action"].text == "orphaned" })
            let pruned = try await server.apply(["a": 1], query: "?prune=true")
            #expect(pruned.json["changes"].items.contains { $0["action"].text == "removed" })
        }
    }

    @Test("A service of another document is 409 at its path, unless it is taken over")
    func takeOver() async throws {
        try await TestServer.run { server in
            try await server.apply(["web": 1], config: "one")
            let refused = try await server.apply(["web": 1], config: "two")
            #expect(refused.status == 409)
            let path = refused.json["issues"][0]["path"].items
            #expect(path.prefix(3) == [.string("spec"), .string("services"), .integer(0)])
            #expect(try await server.apply(["web": 1], config: "two", query: "?takeOver=true").status == 202)
            #expect(try await server.get("/api/services/web").json["config"].text == "two")
        }
    }

    @Test("YAML is taken by its content type", arguments: ["application/yaml", "text/yaml; charset=UTF-8"])
    func yaml(type: String) async throws {
        let document = """
            apiVersion: orion/v1
            kind: Config
            spec:
              services:
                - {name: web, type: worker, runtime: exec, command: sleep 1000}
            """
        try await TestServer.run { server in
            #expect(try await server.send(.POST, "/api/apply", document, type: type).status == 202)
            #expect(try await server.get("/api/services/web").status == 200)
            let broken = try await server.send(.POST, "/api/apply", "a: [", type: type)
            #expect(broken.status == 400)
        }
    }

    @Test(
        "Other bodies are 415, with what is taken",
        arguments: ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin1", nil])
    func unsupported(type: String?) async throws {
        try await TestServer.run { server in
            let answer = try await server.send(.POST, "/api/apply", "{}", type: type)
            #expect(answer.status == 415)
            #expect(answer.header("accept") == "application/json, application/yaml")
            #expect(answer.message.contains("application/yaml"))
        }
    }

    @Test("A packed body is 415")
    func packed() async throws {
        try await TestServer.run { server in
            let headers = [("Content-Encoding", "gzip")]
            let answer = try await server.send(.POST, "/api/apply", "{}", headers: headers)
            #expect(answer.status == 415)
        }
    }

    @Test(
        "A query that is not understood is 400 and applies nothing",
        arguments: ["?dryrun=true", "?dryRun=yes", "?dryRun", "?prune=1", "?dryRun=true&dryRun=false", "?x=1"])
    func query(query: String) async throws {
        try await TestServer.run { server in
            let answer = try await server.apply(["web": 1], query: query)
            #expect(answer.status == 400)
            #expect(answer.message.contains("query parameter"))
            #expect(answer.json["issues"].items.isEmpty)
            #expect(try await server.get("/api/services").json["items"].items.isEmpty)
        }
    }

    @Test("Every issue is reported at once, each with its path")
    func issues() async throws {
        let document = """
            {"apiVersion":"orion/v1","kind":"Config","spec":{"services":[
              {"name":"web","type":"worker","replicas":-1,"ports":[{"name":"http","port":99999}]},
              {"name":"job","type":"worker","kind":"job"}]}}
            """
        try await TestServer.run { server in
            let answer = try await server.send(.POST, "/api/apply", document)
            #expect(answer.status == 400)
            let paths = answer.json["issues"].items.map { $0["path"].items }
            let services: [JSONValue] = [.string("spec"), .string("services")]
            #expect(paths.contains(services + [.integer(0), .string("replicas")]))
            let port: [JSONValue] = [.integer(0), .string("ports"), .integer(0), .string("port")]
            #expect(paths.contains(services + port))
            #expect(paths.contains { $0.starts(with: services + [.integer(1)]) })
        }
    }

    @Test("What is not JSON is 400", arguments: ["", "{", "[]", "nul", #"{"a":1,"a":2}"#])
    func malformed(body: String) async throws {
        try await TestServer.run { server in
            let answer = try await server.send(.POST, "/api/apply", body)
            #expect(answer.status == 400)
            #expect(!answer.message.isEmpty)
        }
    }

    @Test("A document may be larger than other bodies")
    func large() async throws {
        try await TestServer.run { server in
            let padding = String(repeating: " ", count: 5 << 20)
            let empty = #"{"apiVersion":"orion/v1","kind":"Config","spec":{"services":[]}}"#
            let fits = try await server.send(.POST, "/api/apply", padding + empty)
            #expect(fits.status == 202)
        }
    }
}
