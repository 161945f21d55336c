import NIOCore
import NIOEmbedded
import Testing

@testable import OrionHTTP

/// A connection without a socket, whose clock a test turns.
final class ManualConnection {
    let channel = NIOAsyncTestingChannel()
    let core: ServerCore

    convenience init(_ router: Router = .sample, _ limits: HTTPLimits = HTTPLimits()) async throws {
        try await self.init(ServerCore(router: router, limits: limits))
    }

    /// One of several connections of a server.
    init(_ core: ServerCore) async throws {
        self.core = core
        try await channel.testingEventLoop.executeInContext { [channel, core] in
            try HTTPServer.configure(channel, core)
        }
        try await channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1))
    }

    var isOpen: Bool { channel.isActive }

    func send(_ text: String) async throws {
        try await send(Array(text.utf8))
    }

    func send(_ bytes: [UInt8]) async throws {
        try await channel.writeInbound(ByteBuffer(bytes: bytes))
    }

    func advance(by seconds: Double) async {
        await channel.testingEventLoop.advanceTime(by: .seconds(seconds))
    }

    func quiesce() async throws {
        try await channel.testingEventLoop.executeInContext { [channel] in
            channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        }
        await channel.testingEventLoop.run()
    }

    func setWritable(_ isWritable: Bool) async throws {
        try await channel.testingEventLoop.executeInContext { [channel] in
            channel.isWritable = isWritable
            channel.pipeline.fireChannelWritabilityChanged()
        }
    }

    /// What was written since the last call.
    func received() async throws -> String {
        await channel.testingEventLoop.run()
        var text = ""
        while let part = try await channel.readOutbound(as: ByteBuffer.self) { text += String(buffer: part) }
        return text
    }

    /// Answers the next request that waits for a task; fails where none does, since none could come while it is waited for.
    func runJob() async throws {
        try #require(core.openJobs > 0, "no request waits for a task")
        guard let job = await core.jobs.first(where: { _ in true }) else { return }
        await core.run(job)
        await channel.testingEventLoop.run()
    }
}
