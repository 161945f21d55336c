public import NIOCore

/// A client's request to change over to a WebSocket, found good: what is to be answered, and what follows.
public struct WebSocketUpgrade: Sendable {
    /// What stands in the answer, 101, beside Connection and Upgrade.
    public let headers: [(name: String, value: String)]

    private let configuration: WebSocketConfiguration
    private let deflate: DeflateAgreement?

    init(
        _ configuration: WebSocketConfiguration, headers: [(name: String, value: String)] = [],
        deflate: DeflateAgreement? = nil
    ) {
        self.headers = headers
        self.configuration = configuration
        self.deflate = deflate
    }

    /// Puts the WebSocket at the end of a channel's pipeline, once the answer is written; `handler` is told of it before
    /// the future succeeds.
    ///
    /// A `ChannelShouldQuiesceEvent` closes it with 1001.
    public func install(on channel: any Channel, handler: any WebSocketHandler) -> EventLoopFuture<Void> {
        channel.eventLoop.submit {
            // What keeps it to less is no reason to do without the socket.
            _ = channel.setOption(.tcpOption(.notSentLowWater), value: configuration.unsentLimit)
            try channel.pipeline.syncOperations.addHandler(
                WebSocketChannelHandler(
                    .server, configuration, deflate, handler, WebSocket(channel, configuration)))
        }
    }
}
