import NIOCore
import NIOHTTP1
import NIOPosix
import OrionClient
import OrionCore
import Testing

@Suite struct ClientErrorTests {
    @Test func `a refused connection names the address and what to do`() async throws {
        let deaf = try DeafPort()
        let port = deaf.number
        let client = try OrionClient(server: "127.0.0.1:\(port)")
        let error = await #expect(throws: ClientError.self) { try await client.health() }
        withExtendedLifetime(deaf) {}
        #expect(error?.code == .unreachable)
        #expect(
            error?.message
                == "cannot reach orion-api at http://127.0.0.1:\(port): connection refused; is orion-api running "
                + "there? Another address is given with --server or ORION_API")
    }

    @Test func `a refusal carries the server's words, each place and the status`() async throws {
        let body =
            #"{"message":"invalid","issues":[{"path":["spec","services",0,"replicas"],"message":"must be ≥ 0"}]}"#
        try await CannedServer.answering(.badRequest, body) { server in
            let client = try OrionClient(server: server.address)
            let error = await #expect(throws: ClientError.self) { _ = try await client.services() }
            #expect(error?.code == .refused(status: 400))
            #expect(error?.status == 400)
            #expect(error?.message == "invalid")
            #expect(
                error?.issues == [
                    ConfigurationIssue(
                        path: [.key("spec"), .key("services"), .index(0), .key("replicas")], message: "must be ≥ 0")
                ])
        }
    }

    @Test func `an unhealthy server's reason is told`() async throws {
        let body = #"{"status":"unavailable","reason":"the disk is full"}"#
        try await CannedServer.answering(.serviceUnavailable, body) { server in
            let client = try OrionClient(server: server.address)
            let error = await #expect(throws: ClientError.self) { try await client.health() }
            #expect(error?.code == .failed(status: 503))
            #expect(error?.message == "orion-api at \(server.address) is unavailable: the disk is full")
        }
    }

    @Test(arguments: ["<html>welcome</html>", "{}", #"{"items":[{"name":3}]}"#, ""])
    func `another program's answer is not taken for orion-api's`(text: String) async throws {
        try await CannedServer.answering(.ok, text) { server in
            let client = try OrionClient(server: server.address)
            let error = await #expect(throws: ClientError.self) { _ = try await client.services() }
            #expect(error?.code == .unexpectedAnswer)
        }
    }

    @Test func `a connection closed before the answer says that the change may have happened`() async throws {
        try await CannedServer.answering(nil, "") { server in
            let client = try OrionClient(server: server.address)
            let error = await #expect(throws: ClientError.self) { try await client.restart("web") }
            #expect(error?.isUnreachable == true)
            #expect(error?.message.contains("may have happened") == true)
        }
    }

    @Test func `a silent server is given up`() async throws {
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).get()
        let address = "http://127.0.0.1:\(listener.localAddress?.port ?? 0)"
        let client = try OrionClient(server: address, timeoutSeconds: 0.1)
        let error = await #expect(throws: ClientError.self) { try await client.health() }
        #expect(error?.code == .timedOut)
        try await listener.close()
    }

    @Test(arguments: ["ftp://a", "http://", "http://a/b", "http://a?b", "http://u@a", "http://a b", ""])
    func `an address that is none is refused before anything is sent`(address: String) {
        #expect(throws: ClientError.self) { try OrionClient(server: address) }
    }

    @Test(arguments: [
        ("127.0.0.1:6060", "http://127.0.0.1:6060"), ("http://a:1/", "http://a:1"),
        ("https://[::1]:6", "https://[::1]:6"),
    ])
    func `an address may lack its scheme`(given: String, used: String) throws {
        #expect(try OrionClient(server: given).server == used)
    }
}
