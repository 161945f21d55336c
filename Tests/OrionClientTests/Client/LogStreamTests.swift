import NIOCore
import NIOHTTP1
import NIOPosix
import OrionClient
import OrionCore
import Testing

@Suite(.timeLimit(.minutes(1))) struct LogStreamTests {
    private static func client(_ address: String) throws -> OrionClient {
        var client = try OrionClient(server: address)
        client.silenceSeconds = 1
        return client
    }

    @Test func `who takes his time with what has come is not cut`() async throws {
        let text = String(repeating: "x", count: 8192)
        let line = #"data: {"line":"\#(text)","replica":"web-000001","stream":"stdout"}"# + "\n\n"
        let events = String(repeating: line, count: 500) + "event: end\ndata: {}\n\n"
        try await CannedServer.answering(.ok, events) { server in
            var count = 0
            for try await event in try await Self.client(server.address).logs(of: "web") {
                // As a pager that has shown its first page.
                if count == 0 { try await Task.sleep(for: .milliseconds(1500)) }
                if case .line = event.content { count += 1 }
            }
            #expect(count == 500)
        }
    }

    @Test func `a server that falls silent is given up`() async throws {
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Halting()) }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let logs = try await Self.client("http://127.0.0.1:\(listener.localAddress?.port ?? 0)").logs(of: "web")
        let error = await #expect(throws: ClientError.self) { for try await _ in logs {} }
        #expect(error?.code == .unreachable)
        #expect(error?.message.contains("broke before the logs' end") == true)
        try await listener.close()
    }
}

/// Begins an answer, and says no more.
private final class Halting: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let answer = "HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n: is there\n\n"
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: answer)), promise: nil)
    }
}
