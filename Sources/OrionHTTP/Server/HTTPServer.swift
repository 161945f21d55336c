public import Logging
public import NIOCore
import NIOPosix
public import ServiceLifecycle

/// An HTTP/1.1 server (RFC 9110, RFC 9112), strict about what it takes and bounded in what it holds.
///
/// Routes that need not wait are answered on the event loops of `group`; the others in child tasks of ``run()``. On a
/// graceful shutdown no connection is accepted any more, idle ones are closed at once and requests in flight are finished;
/// every channel gets a `ChannelShouldQuiesceEvent`, on which the handlers of upgraded ones must act.
public final class HTTPServer: Service {
    private let configuration: HTTPServerConfiguration
    private let core: ServerCore
    private let group: any EventLoopGroup
    private let logger: Logger
    private let onListening: @Sendable (SocketAddress) -> Void

    /// Starts nothing: ``run()`` does.
    public init(
        configuration: HTTPServerConfiguration, router: Router, group: any EventLoopGroup, logger: Logger,
        onListening: @escaping @Sendable (SocketAddress) -> Void = { _ in }
    ) {
        self.configuration = configuration
        core = ServerCore(router: router, limits: configuration.limits)
        self.group = group
        self.logger = logger
        self.onListening = onListening
    }

    /// Listens and serves until a graceful shutdown or cancellation; to be called once. Throws ``HTTPServerError`` where
    /// the address cannot be bound.
    public func run() async throws {
        let listener = try await listen()
        if let address = listener.localAddress { onListening(address) }
        await withDiscardingTaskGroup { group in
            group.addTask { await self.shutDown(listener) }
            for await job in core.jobs { group.addTask { await self.core.run(job) } }
            // Nobody is left to take what these would answer.
            group.cancelAll()
        }
    }

    private func listen() async throws(HTTPServerError) -> any Channel {
        let core = core
        let security = configuration.tls.map { ConnectionSecurity($0, core, logger: logger) }
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: Int32(clamping: configuration.backlog))
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.maxMessagesPerRead, value: 64)
            // What is set on the listener holds for each connection that it accepts (tcp(7)).
            .serverChannelOption(.socketOption(.so_keepalive), value: 1)
            .serverChannelOption(.tcpOption(.keepAliveIdle), value: configuration.limits.probeIdleSeconds)
            .serverChannelOption(.tcpOption(.keepAliveInterval), value: 15)
            .serverChannelOption(.tcpOption(.keepAliveCount), value: 4)
            .serverChannelInitializer { [logger] channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AcceptPause(logger))
                }
            }
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.maxMessagesPerRead, value: 1)
            // Each idle connection keeps the buffer of its last read.
            .childChannelOption(
                .recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 256, initial: 512, maximum: 16 * 1024)
            )
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try Self.configure(channel, core, security) }
            }
        do {
            return try await bootstrap.bind(host: configuration.host, port: configuration.port).get()
        } catch {
            throw HTTPServerError(configuration, error)
        }
    }

    /// Puts the server's handlers into the pipeline of an accepted connection.
    static func configure(
        _ channel: any Channel, _ core: ServerCore, _ security: ConnectionSecurity? = nil
    ) throws {
        let admission = core.registry.admit(channel)
        guard admission != .drop else { throw ChannelError.inputClosed }
        try security?.secure(channel)
        let connection = HTTPConnectionHandler(
            core, admission, isSecure: security != nil, on: channel.eventLoop)
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(connection)
        try pipeline.addHandler(RequestCollector(connection))
    }

    /// Waits for the end of the server, and lets the connections come to theirs.
    private func shutDown(_ listener: any Channel) async {
        let isGraceful = (try? await gracefulShutdown()) != nil
        try? await listener.close()
        core.registry.shutDown()
        if !isGraceful { core.registry.closeAll() }
        let deadline = group.any().scheduleTask(in: .seconds(core.limits.shutdownSeconds)) { [core] in
            core.registry.closeAll()
        }
        let empty = group.any().makePromise(of: Void.self)
        core.registry.whenEmpty(empty)
        await withTaskCancellationHandler {
            try? await empty.futureResult.get()
        } onCancel: {
            core.registry.closeAll()
        }
        deadline.cancel()
        core.finish()
        logger.debug("the HTTP server has ended")
    }
}
