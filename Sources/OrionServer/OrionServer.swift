public import Logging
public import NIOCore
internal import NIOPosix
public import OrionControlPlane
internal import OrionHTTP
public import ServiceLifecycle

/// The control plane with its doors open: REST for people and programs, `/ws` for agents.
///
/// It keeps nothing of its own: reads come from the control plane's published state, changes go through `perform`.
public final class OrionServer: Service {
    private let controlPlane: ControlPlane
    private let configuration: OrionServerConfiguration
    private let logger: Logger
    private let onListening: @Sendable (SocketAddress) -> Void

    /// A server in front of `controlPlane`, which something else runs. `onListening` is told the bound address once
    /// requests are taken.
    public init(
        controlPlane: ControlPlane, configuration: OrionServerConfiguration, logger: Logger,
        onListening: @escaping @Sendable (SocketAddress) -> Void = { _ in }
    ) {
        self.controlPlane = controlPlane
        self.configuration = configuration
        self.logger = logger
        self.onListening = onListening
    }

    /// Waits for the control plane's state, serves until graceful shutdown, and tells each agent with 1001 that it goes.
    public func run() async throws {
        try await controlPlane.started()
        let group = MultiThreadedEventLoopGroup(numberOfThreads: configuration.threads)
        // Of their own: a page for each of a thousand clients holds up no agent's heartbeat.
        let logGroup = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let logs = LogHub(controlPlane: controlPlane, on: logGroup.next())
        let gateway = AgentGateway(
            controlPlane: controlPlane, logs: logs, configuration: configuration, logger: logger)
        do {
            try await serve(gateway, on: group)
        } catch {
            try? await group.shutdownGracefully()
            try? await logGroup.shutdownGracefully()
            throw error
        }
        try await group.shutdownGracefully()
        try await logGroup.shutdownGracefully()
    }

    private func serve(_ gateway: AgentGateway, on group: MultiThreadedEventLoopGroup) async throws {
        var http = HTTPServerConfiguration(host: configuration.host, port: configuration.port)
        http.tls = configuration.tls
        http.limits.shutdownSeconds = ServerLimits.shutdownSeconds
        let endpoints = Endpoints(
            controlPlane: controlPlane, gateway: gateway, rule: OriginRule(host: configuration.host))
        let server = HTTPServer(
            configuration: http, router: endpoints.router, group: group, logger: logger, onListening: onListening)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { await gateway.logs.watch() }
            try await withTaskCancellationOrGracefulShutdownHandler {
                try await server.run()
            } onCancelOrGracefulShutdown: {
                self.controlPlane.beginShutdown()
            }
            tasks.cancelAll()
        }
    }
}
