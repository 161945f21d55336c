import NIOHTTP1
import OrionControlPlane
import OrionCore
import OrionScheduler
import OrionServer
import OrionWS
import Testing

@Suite("/ws with agents that are slow, loud or large", .timeLimit(.minutes(2)))
struct GatewayLoadTests {
    @Test("An agent is sent more than fits in its socket at once, and all of it")
    func burst() async throws {
        try await TestServer.run { server in
            let agent = try await TestAgent.join(server, "one")
            _ = try await agent.frame("welcome")
            try await server.apply(large("web", replicas: 2000, bytes: 4096))
            var ids: Set<String> = []
            while ids.count < 2000 { ids.insert(try await agent.frame("launch")["replicaId"].text ?? "") }
        }
    }

    @Test("An agent that takes nothing in is closed with 4413, and harms no other")
    func stalled() async throws {
        // An agent that takes nothing in answers no pings either: its silence is not to be found first.
        let patient = ControlPlaneOptions(reconciler: ReconcilerOptions(heartbeatTimeoutSeconds: 3600))
        // And once it reads again there are megabytes before the close frame, which a busy machine takes its time for.
        try await TestServer.run(options: patient, configure: { $0.closeSeconds = 3600 }) { server in
            let stalled = try await TestAgent.join(server, "one")
            _ = try await stalled.frame("welcome")
            stalled.socket?.pauseReading()
            for number in 0..<15 {
                try await server.apply(large("web\(number)", replicas: 20, bytes: 120_000))
            }
            let other = try await TestAgent.join(server, "two")
            _ = try await other.frame("welcome")
            try await server.log.wait(for: "does not take in what is sent")
            stalled.socket?.resumeReading()
            let closure = try await stalled.closure()
            #expect(closure.code == 4413, "\(closure)")
            #expect(try await server.get("/api/nodes/two").json["connected"] == .bool(true))
        }
    }

    @Test("An agent that floods is read no faster than the engine works, and holds up nobody")
    func flood() async throws {
        try await TestServer.run { server in
            let loud = try await TestAgent.join(server, "loud")
            _ = try await loud.frame("welcome")
            let quiet = try await TestAgent.join(server, "quiet")
            _ = try await quiet.frame("welcome")
            let beat = #"{"type":"heartbeat","payload":{"timestamp":1,"metrics":{"cpu":1,"memory":1}}}"#
            for _ in 0..<20_000 { loud.send(beat) }
            loud.send(beat.replacing(#""memory":1"#, with: #""memory":77"#))
            #expect(try await server.apply(["web": 2]).status == 202)
            _ = try await quiet.frame("launch")
            _ = try await server.wait(for: "/api/nodes/loud") { $0["metrics"]["memory"].number == 77 }
        }
    }

    @Test(
        "A hello may name as many replicas as a frame holds entries for, but not without bound",
        arguments: [4000, 9000])
    func large(count: Int) async throws {
        try await TestServer.run { server in
            let agent = try await TestAgent.connect(to: server)
            var hello = Hello(nodeId: "one", name: "one", address: "10.0.0.1")
            hello.protocol = 1
            hello.replicas = (0..<count).map {
                ReplicaStatus(service: "gone", replicaId: ReplicaID(rawValue: "gone-\($0)"), state: .running)
            }
            agent.send(AgentMessage.hello(hello).json())
            if count > 8000 {
                #expect(try await agent.closure().code == 4400)
            } else {
                // Nobody knows them: each is to be stopped.
                _ = try await agent.frame("welcome")
                for _ in 0..<count { _ = try await agent.frame("stop") }
            }
        }
    }

    private func large(_ name: String, replicas: Int, bytes: Int) -> String {
        let padding = String(repeating: "x", count: bytes)
        return #"{"apiVersion":"orion/v1","kind":"Config","metadata":{"name":"\#(name)"},"spec":{"services":[{"#
            + #""name":"\#(name)","type":"worker","runtime":"exec","command":"sleep 1","replicas":\#(replicas),"#
            + #""env":{"PADDING":"\#(padding)"}}]}}"#
    }
}

extension TestServer {
    /// Applies a document as it stands.
    fileprivate func apply(_ document: String) async throws {
        let answer = try await send(.POST, "/api/apply", document)
        guard answer.status == 202 else { throw Unexpected("\(answer.status) \(answer.message)") }
    }
}
