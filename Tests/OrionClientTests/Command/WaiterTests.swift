import ArgumentParser
import NIOCore
import NIOHTTP1
import NIOPosix
import OrionClient
import OrionCore
import Testing

@testable import orion

@Suite(.timeLimit(.minutes(1))) struct WaiterTests {
    private static func waiter(_ address: String) throws -> Waiter {
        Waiter(
            client: try OrionClient(server: address), console: Console(try DisplayOptions.parse([])),
            timeout: WaitingTime(seconds: 1))
    }

    @Test func `a server that takes a request and says nothing is waited for as long as was asked for`() async throws {
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).get()
        let waiter = try Self.waiter("http://127.0.0.1:\(listener.localAddress?.port ?? 0)")
        let start = ContinuousClock.now
        let failure = await #expect(throws: Failure.self) {
            try await waiter.wait(for: [Expectation(service: "web", generation: 1)])
        }
        #expect(failure?.message == "web has not settled in 1 s: orion-api does not answer; trying again")
        #expect(start.duration(to: ContinuousClock.now) < .seconds(20))
        try await listener.close()
    }

    @Test func `a server that cannot answer now is asked again`() async throws {
        try await CannedServer.answering(.serviceUnavailable, #"{"message":"the store is away"}"#) { server in
            let waiter = try Self.waiter(server.address)
            let failure = await #expect(throws: Failure.self) { try await waiter.waitUntilDrained("alpha") }
            #expect(failure?.message.hasPrefix("alpha has not settled in 1 s") == true)
            #expect(server.asked.count > 1)
        }
    }
}
