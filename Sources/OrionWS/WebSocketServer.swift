public import NIOCore

/// The server's side of WebSockets, behind an upgrade that another handler has answered.
public enum WebSocketServer {
    /// Puts a WebSocket at the end of a channel's pipeline; `handler` is told of it before the future succeeds.
    ///
    /// A `ChannelShouldQuiesceEvent` closes it with 1001.
    public static func install(
        on channel: any Channel, configuration: WebSocketConfiguration = WebSocketConfiguration(),
        handler: any WebSocketHandler
    ) -> EventLoopFuture<Void> {
        channel.eventLoop.submit {
            try channel.pipeline.syncOperations.addHandler(
                WebSocketChannelHandler(
                    .server, configuration, handler,
                    WebSocket(channel, limitBytes: configuration.outboundLimitBytes)))
        }
    }
}
