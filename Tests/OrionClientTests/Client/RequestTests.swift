import NIOHTTP1
import OrionClient
import OrionCore
import Testing

@Suite struct RequestTests {
    private let accepted = #"{"status":"accepted","revision":7,"changes":[],"warnings":[]}"#

    @Test func `apply sends the document as it is, with what was asked for in the query`() async throws {
        try await CannedServer.answering(.accepted, accepted) { server in
            let client = try OrionClient(server: server.address)
            let result = try await client.apply(document: Array("a: 1".utf8), dryRun: true, prune: true, takeOver: true)
            #expect(result.revision == 7)
            #expect(
                server.asked == [
                    CannedServer.Request(
                        method: "POST", uri: "/api/apply?dryRun=true&prune=true&takeOver=true",
                        contentType: "application/yaml", body: "a: 1")
                ])
        }
    }

    @Test func `a name with a slash stays one step of the path`() async throws {
        try await CannedServer.answering(.accepted, accepted) { server in
            let client = try OrionClient(server: server.address)
            try await client.restart("a/../b c?d%")
            try await client.drain("..")
            #expect(
                server.asked.map(\.uri) == ["/api/services/a%2F..%2Fb%20c%3Fd%25/restart", "/api/nodes/%2E%2E/drain"])
        }
    }

    @Test func `scale sends the number of replicas as JSON`() async throws {
        try await CannedServer.answering(.accepted, accepted) { server in
            try await OrionClient(server: server.address).scale("web", to: 5)
            #expect(
                server.asked == [
                    CannedServer.Request(
                        method: "POST", uri: "/api/services/web/scale", contentType: "application/json",
                        body: #"{"replicas":5}"#)
                ])
        }
    }

    @Test func `a rollback sends the generation, or nothing`() async throws {
        try await CannedServer.answering(.accepted, accepted) { server in
            let client = try OrionClient(server: server.address)
            try await client.rollBack("web", to: 5)
            try await client.rollBack("web")
            #expect(server.asked.map(\.uri) == Array(repeating: "/api/services/web/rollback", count: 2))
            #expect(server.asked.map(\.body) == [#"{"generation":5}"#, ""])
        }
    }

    @Test func `a history is read with what it tells of failures`() async throws {
        let item =
            #"{"generation":2,"state":"rolled-back","createdAt":5,"restartFrom":2,"fields":["entry"],"#
            + #""reason":"why","evidence":[{"state":"backoff","exitCode":3}],"specification":{"name":"web"}}"#
        try await CannedServer.answering(.ok, #"{"items":[\#(item)]}"#) { server in
            let history = try await OrionClient(server: server.address).history(of: "web")
            #expect(history.map(\.status.state) == [.rolledBack] && history[0].status.evidence?[0].exitCode == 3)
            #expect(history[0].specification.value.name == "web")
            #expect(server.asked.map(\.uri) == ["/api/services/web/history"])
        }
    }

    @Test func `a list is read from its items, fields of a later version ignored`() async throws {
        let node =
            #"{"id":"n1","name":"alpha","address":"10.0.0.1","labels":{},"capacity":{},"status":"ready","#
            + #""lastHeartbeat":null,"colour":"blue"}"#
        try await CannedServer.answering(.ok, #"{"items":[\#(node)],"next":null}"#) { server in
            let nodes = try await OrionClient(server: server.address).nodes()
            #expect(nodes.map(\.name) == ["alpha"])
            #expect(server.asked.map(\.uri) == ["/api/nodes"])
        }
    }
}
