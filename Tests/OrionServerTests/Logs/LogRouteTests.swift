import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import OrionCore
import Testing

@testable import OrionServer

@Suite("GET /api/services/{name}/logs", .timeLimit(.minutes(2)))
struct LogRouteTests {
    /// An agent that runs the one replica of `web`.
    static func withReplica(_ body: (TestServer, TestAgent, _ replica: String) async throws -> Void) async throws {
        try await TestServer.run { server in
            let agent = try await TestAgent.connect(to: server)
            var hello = Hello(nodeId: "one", name: "one", address: "10.0.0.1")
            hello.protocol = 1
            hello.replicas = []
            agent.send(AgentMessage.hello(hello).json())
            _ = try await agent.frame("welcome")
            try await server.apply(["web": 1])
            let replica = try #require(try await agent.frame("launch")["replicaId"].text)
            agent.status("web", replica, .ready)
            try await body(server, agent, replica)
        }
    }

    static func send(
        _ agent: TestAgent, _ request: JSONValue, _ text: String, offset: Int64 = 0, end: Bool = false,
        error: String? = nil
    ) throws {
        var chunk = LogChunk(
            id: try #require(request["id"].text),
            replicaId: ReplicaID(rawValue: try #require(request["replicaId"].text)),
            stream: try #require(request["stream"].text.flatMap { LogStream(rawValue: $0) }), offset: offset,
            length: Int64(text.utf8.count), data: text)
        chunk.end = end ? true : nil
        chunk.error = error
        agent.send(AgentMessage.log(chunk).json())
    }

    static func stream(_ server: TestServer, _ query: String, headers: [(String, String)] = []) async throws
        -> HTTPClientResponse
    {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(server.port)/api/services/web/logs\(query)")
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        return try await HTTPClient.shared.execute(request, timeout: .seconds(60))
    }

    @Test("Without follow: the last lines of both outputs, then the end")
    func tail() async throws {
        try await Self.withReplica { server, agent, replica in
            let response = try await Self.stream(server, "?tail=2")
            #expect(response.headers.first(name: "content-type") == "text/plain; charset=utf-8")
            for _ in 0..<2 {
                let request = try await agent.frame("logs")
                #expect(request["tailLines"].number == 2)
                #expect(request["follow"] == .bool(false))
                #expect(request["replicaId"].text == replica)
                try Self.send(agent, request, "\(request["stream"].text ?? "") line\n", offset: 70, end: true)
            }
            let text = String(buffer: try await response.body.collect(upTo: 1 << 20))
            #expect(Set(text.split(separator: "\n")) == ["stdout line", "stderr line"])
        }
    }

    @Test("With follow, as events: each has an id, from which a client goes on")
    func events() async throws {
        try await Self.withReplica { server, agent, replica in
            let accept = ("Accept", "text/event-stream")
            let response = try await Self.stream(server, "?follow=true&stream=stdout", headers: [accept])
            #expect(response.headers.first(name: "content-type") == "text/event-stream")
            try Self.send(agent, try await agent.frame("logs"), "one\ntwo\nthr", offset: 10)
            var text = ""
            for try await part in response.body {
                text += String(buffer: part)
                if text.contains("two") { break }
            }
            let suffix = try #require(replica.split(separator: "-").last)
            #expect(
                text.contains(
                    "id: \(suffix):o18\ndata: {\"line\":\"two\",\"replica\":\"\(replica)\",\"stream\":\"stdout\"}\n\n"))
            #expect(text.hasPrefix("retry: 1000\n\nevent: start\ndata: {\"replicas\":[\"\(replica)\"]}\n\n"))
            // The client is gone, and with it the subscription.
            while try await agent.frame("logs")["cancel"] != .bool(true) {}
            let again = try await Self.stream(
                server, "?follow=true&stream=stdout", headers: [accept, ("Last-Event-ID", "\(suffix):o14")])
            let request = try await agent.frame("logs")
            #expect(request["offset"].number == 14)
            try Self.send(agent, request, "two\n", offset: 14, end: true)
            agent.status("web", replica, .stopped)
            var second = ""
            for try await part in again.body {
                second += String(buffer: part)
                if second.contains("two") { break }
            }
            #expect(!second.contains("one"))
        }
    }

    @Test("A client that says that it has come farther than any file goes begins anew")
    func beyond() async throws {
        try await Self.withReplica { server, agent, replica in
            let suffix = try #require(replica.split(separator: "-").last)
            let response = try await Self.stream(
                server, "?stream=stdout", headers: [("Last-Event-ID", "\(suffix):o\(ServerLimits.fileBytes)")])
            try Self.send(agent, try await agent.frame("logs"), "one\n", end: true)
            #expect(String(buffer: try await response.body.collect(upTo: 1 << 20)) == "one\n")
        }
    }

    @Test("A replica that the control plane has forgotten is asked for")
    func forgotten() async throws {
        try await Self.withReplica { server, agent, _ in
            async let answer = server.get("/api/services/web/logs?replica=web-00zzzz&tail=all&stream=stdout")
            let question = try await agent.frame("logs")
            #expect(question["replicaId"].text == "web-00zzzz")
            #expect(question["tailLines"].number == 0)
            try Self.send(agent, question, "", offset: 4, end: true)
            let request = try await agent.frame("logs")
            #expect(request["offset"].number == 0)
            try Self.send(agent, request, "old\n", end: true)
            let found = try await answer
            #expect(String(decoding: found.body, as: UTF8.self) == "old\n")
            async let none = server.get("/api/services/web/logs?replica=web-00zzzy")
            try Self.send(agent, try await agent.frame("logs"), "", end: true, error: "nothing is kept here")
            let refused = try await none
            #expect(refused.status == 404)
            #expect(refused.message.contains("web-00zzzy"))
        }
    }

    @Test(
        "Refusals say what is taken",
        arguments: [
            ("/api/services/none/logs", 404, "There is no service"),
            ("/api/services/web/logs?tail=10001", 400, "10000"),
            ("/api/services/web/logs?tail=-1", 400, "tail"),
            ("/api/services/web/logs?stream=out", 400, "stdout or stderr"),
            ("/api/services/web/logs?follow=yes", 400, "true or false"),
            ("/api/services/web/logs?lines=1", 400, "replica, tail, follow, stream"),
            ("/api/services/web/logs?replica=api-000001", 404, "no replica of"),
            ("/api/services/web/logs?replica=web-a%0Ab", 400, "no replica's id"),
            ("/api/services/web/logs?replica=web-", 400, "no replica's id"),
        ])
    func refusals(_ path: String, _ status: Int, _ message: String) async throws {
        try await TestServer.run { server in
            try await server.apply(["web": 0])
            let answer = try await server.get(path)
            #expect(answer.status == status)
            #expect(answer.message.contains(message), "\(answer.message)")
            for id in ["7", "000001:o\(Int64.max)", "a-b:o7", "A:o7", ":o7", "000001:o-1", "000001:o٣"] {
                let bad = try await server.send(.GET, "/api/services/web/logs", headers: [("Last-Event-ID", id)])
                #expect(bad.status == 400, "\(id)")
            }
            // Nothing runs, and nothing follows.
            #expect(try await server.get("/api/services/web/logs").body.isEmpty)
        }
    }

    @Test("A node that is not connected is named")
    func absentNode() async throws {
        try await Self.withReplica { server, agent, _ in
            agent.close()
            _ = try await agent.closure()
            var answer = try await server.get("/api/services/web/logs")
            while answer.status == 200 { answer = try await server.get("/api/services/web/logs") }
            #expect(answer.status == 503)
            #expect(answer.message.contains("one is not connected"), "\(answer.message)")
            #expect(answer.header("retry-after") != nil)
        }
    }

    @Test("An agent that says what cannot be is ended")
    func badChunks() async throws {
        for chunk in [
            #"{"id":"x","replicaId":"web-1","stream":"stdout","offset":-1,"length":0,"data":""}"#,
            #"{"id":"x","replicaId":"web-1","stream":"stdout","offset":0,"length":1,"data":"four"}"#,
            #"{"id":"x","replicaId":"web-1","stream":"stdout","offset":0,"length":1,"data":""}"#,
            #"{"id":"x","replicaId":"web-1","stream":"stdout","offset":9223372036854775807,"length":9223372036854775807,"data":""}"#,
        ] {
            try await Self.withReplica { _, agent, _ in
                agent.send(#"{"type":"log","payload":\#(chunk)}"#)
                let closure = try await agent.closure()
                #expect(closure.code == 4400)
            }
        }
    }
}
