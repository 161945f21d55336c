import Foundation
import NIOCore
import NIOPosix
import OrionCore
import OrionWS
import Testing

/// SIGTERM, as clients and agents see it.
@Suite("orion-api's end", .timeLimit(.minutes(5)))
struct OrionAPIEndTests {
    @Test("An idle connection goes at once, a request in flight is answered, an agent is closed with 1001")
    func graceful() async throws {
        try await withFolder { folder in
            let (program, port) = try await ServerProgram.listening(["--state-db", "memory:"], in: folder)
            let agent = Closures()
            _ = try await WebSocketClient.connect(
                to: WebSocketURL("ws://127.0.0.1:\(port)/ws"), group: MultiThreadedEventLoopGroup.singleton,
                handler: agent)
            let body = document("web")
            let stalled = try StalledRequest(port: port, bytes: body.utf8.count)
            defer { stalled.close() }
            // The server has read the head once it asks for the rest.
            #expect(stalled.readLine().hasPrefix("HTTP/1.1 100"))
            _ = stalled.readLine()
            let idle = try await connection(to: port)
            try await idle.executeThenClose { inbound, outbound in
                try await outbound.write(ByteBuffer(string: "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"))
                var parts = inbound.makeAsyncIterator()
                var answer = ""
                while !answer.hasSuffix("}"), let part = try await parts.next() { answer += String(buffer: part) }
                program.signal(SIGTERM)
                // While the other request is still in flight.
                #expect(try await parts.next() == nil)
            }
            #expect(await agent.first() == 1001)
            stalled.send(body)
            #expect(stalled.readLine().hasPrefix("HTTP/1.1 202"))
            #expect(await program.ending().status == 0)
        }
    }

    private func connection(to port: Int) async throws -> NIOAsyncChannel<ByteBuffer, ByteBuffer> {
        try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
    }
}

/// How a socket was closed.
private final class Closures: WebSocketHandler {
    private let codes = AsyncStream.makeStream(of: UInt16?.self)

    func first() async -> UInt16? {
        for await code in codes.stream { return code }
        return nil
    }

    /// Who says nothing is closed for that after ten seconds.
    func opened(_ socket: WebSocket) {
        socket.send(text: AgentMessage.hello(Hello(nodeId: "n", name: "n", address: "n")).json())
    }
    func received(text: ByteBuffer, _ socket: WebSocket) {}
    func received(binary: ByteBuffer, _ socket: WebSocket) {}
    func closed(_ closure: WebSocketClosure, _ socket: WebSocket) { codes.continuation.yield(closure.code) }
}
