import NIOCore
import NIOPosix
import OrionCore
import Testing

@testable import OrionAgentKit

@Suite struct SocketProbeTests {
    let group = MultiThreadedEventLoopGroup.singleton

    func target(port: Int, timeout: Double = 20, _ change: (inout HealthCheck) -> Void) -> HealthTarget {
        var service = ServiceSpecification(name: "web")
        service.ports = [Port(name: "dns"), Port(name: "http"), Port(name: "admin")]
        service.ports[0].protocol = .udp
        var check = HealthCheck()
        check.timeoutSeconds = timeout
        change(&check)
        let record = LedgerRecord(
            id: "web-000001", service: "web", fence: nil, specification: SharedSpecification(service), generation: 1,
            ports: ["dns": 1, "http": port, "admin": port])
        return HealthTarget(record: record, check: check, start: ContinuousClock.now, hasPassed: false)
    }

    func look(_ target: HealthTarget, meanwhile: (@Sendable () -> Void) -> Void = { _ in }) async throws
        -> HealthOutcome
    {
        let launcher = Launcher(
            workspace: try Workspace(root: "/"), agentEnvironment: [:], nodeName: "n1", limits: [],
            mark: AgentMark(dataDirectory: "/"))
        let probe = AgentProbe(
            group: group, launcher: launcher, containment: Containment(mark: launcher.mark, root: nil))
        return await withCheckedContinuation { continuation in
            meanwhile(probe.look(at: target) { continuation.resume(returning: $0) })
        }
    }

    func http(_ server: RawServer, path: String = "/health", timeout: Double = 20) async throws -> HealthOutcome {
        try await look(
            target(port: server.port, timeout: timeout) { check in
                check.http = HealthCheck.HTTP()
                check.http?.path = path
            })
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", "HTTP/1.1 204 No Content\r\n\r\n",
        "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
        "HTTP/1.1 399 Odd\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n" + String(repeating: "x", count: 200_000),
    ]) func takesWhatIsFine(_ answer: String) async throws {
        let server = try await RawServer(answer)
        #expect(try await http(server) == .passed)
        try await server.close()
    }

    /// The server closes after its answer.
    @Test(
        arguments: [
            ("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n", "503"),
            ("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "404"),
            ("", "closed without an answer"),
            ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nok", "closed before the answer was whole"),
            ("SSH-2.0-OpenSSH_9.6\r\n", "the answer is no HTTP/1.1"),
            (
                "HTTP/1.1 200 OK\r\nX: " + String(repeating: "x", count: 200_000),
                "answered with a head of over 65536 bytes"
            ),
        ] as [(String, String)]) func saysWhatIsWrong(_ answer: String, _ reason: String) async throws
    {
        let server = try await RawServer(answer, closes: true)
        let message = "GET http://127.0.0.1:\(server.port)/a?b=c: \(reason)"
        #expect(try await http(server, path: "/a?b=c") == .failed(message))
        try await server.close()
    }

    @Test func asksAsABrowserWould() async throws {
        let server = try await RawServer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        _ = try await http(server, path: "/a?b=c")
        let lines = server.asked.split(separator: "\r\n").map(String.init)
        #expect(lines.first == "GET /a?b=c HTTP/1.1")
        #expect(lines.contains("Host: 127.0.0.1:\(server.port)"))
        #expect(lines.contains("Connection: close"))
        try await server.close()
    }

    @Test func givesUpAfterItsTimeout() async throws {
        let server = try await RawServer(nil)
        let message = "GET http://127.0.0.1:\(server.port)/health: timed out after 0.1 s"
        #expect(try await http(server, timeout: 0.1) == .failed(message))
        try #require(try await eventually { server.openCount == 0 }, "and closes the connection")
        try await server.close()
    }

    @Test func endsEarlyWhenTold() async throws {
        let server = try await RawServer(nil)
        let target = target(port: server.port) { $0.http = HealthCheck.HTTP() }
        let outcome = try await look(target) { $0() }
        #expect(outcome == .failed("GET http://127.0.0.1:\(server.port)/health: ended early"))
        try await server.close()
    }

    @Test func aPortThatListensPasses() async throws {
        let server = try await RawServer(nil)
        for port in [nil, "http", "admin"] as [String?] {
            let target = target(port: server.port) { check in
                check.tcp = HealthCheck.TCP()
                check.tcp?.port = port
            }
            #expect(try await look(target) == .passed)
        }
        try await server.close()
    }

    @Test func aPortThatNobodyListensOnIsRefused() async throws {
        // It has the port, so that nobody else gets it, and does not listen.
        let (socket, port) = try FreePort.draw(.tcp)
        defer { withExtendedLifetime(socket) {} }
        let tcp = target(port: port) { $0.tcp = HealthCheck.TCP() }
        #expect(try await look(tcp) == .failed("connect to 127.0.0.1:\(port): refused"))
        let http = target(port: port) { $0.http = HealthCheck.HTTP() }
        #expect(try await look(http) == .failed("GET http://127.0.0.1:\(port)/health: refused"))
    }

    @Test func aPortThatItDoesNotHaveIsNoTrap() async throws {
        let target = target(port: 1) { check in
            check.tcp = HealthCheck.TCP()
            check.tcp?.port = "none"
        }
        #expect(try await look(target) == .failed("its health check is of a port that it does not have"))
        #expect(try await look(self.target(port: 1) { _ in }) != .passed)
    }
}
