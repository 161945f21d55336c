public import NIOCore
import NIOPosix
import OrionTLS

/// The client's side of WebSockets.
public enum WebSocketClient {
    /// Connects and shakes hands, within `connectTimeoutSeconds` for both. Redirects are not followed.
    ///
    /// `handler` is told of the socket before this returns, and of no socket where this throws.
    public static func connect(
        to url: WebSocketURL, headers: [(String, String)] = [],
        configuration: WebSocketConfiguration = WebSocketConfiguration(), group: any EventLoopGroup,
        handler: any WebSocketHandler
    ) async throws(WebSocketConnectError) -> WebSocket {
        let security = try tls(for: url, configuration)
        let eventLoop = group.next()
        let attempt = ConnectAttempt(url, on: eventLoop, within: .seconds(configuration.connectTimeoutSeconds))
        ClientBootstrap(group: eventLoop)
            .connectTimeout(.seconds(configuration.connectTimeoutSeconds))
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.tcpOption(.notSentLowWater), value: configuration.unsentLimit)
            .channelOption(.maxMessagesPerRead, value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try security?.secure(channel, host: url.host)
                    try channel.pipeline.syncOperations.addHandler(
                        ClientHandshakeHandler(url, headers, configuration, handler, attempt))
                }
            }
            .connect(host: url.host, port: url.port)
            .whenComplete { attempt.connected($0) }
        do {
            return try await withTaskCancellationHandler {
                try await attempt.result.get()
            } onCancel: {
                attempt.fail(.cancelled, "the attempt to connect was cancelled")
            }
        } catch let error as WebSocketConnectError {
            throw error
        } catch {
            throw WebSocketConnectError(.unreachable, "\(url): \(error)")
        }
    }

    private static func tls(
        for url: WebSocketURL, _ configuration: WebSocketConfiguration
    ) throws(WebSocketConnectError) -> TLSClient? {
        guard url.isSecure else { return nil }
        if let given = configuration.tls { return given }
        do throws(TLSFileError) {
            return try TLSClient()
        } catch {
            throw WebSocketConnectError(.noAuthorities, "\(url): the system's authorities cannot be read: \(error)")
        }
    }
}
