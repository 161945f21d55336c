public import HTTPTypes
public import NIOCore

/// What a route for another protocol makes of a request to change over to it.
public enum HTTPUpgrade: Sendable {
    /// The connection stays with HTTP and gets this response; it is closed after that.
    case refuse(HTTPServerResponse)

    /// 101 is sent with `headers` (Connection and Upgrade are added), then `install` puts the protocol's handlers at the
    /// end of the channel's pipeline, on its event loop.
    ///
    /// Bytes that came behind the request reach them once the future has succeeded; where it fails, the channel closes.
    case accept(headers: HTTPFields, install: @Sendable (any Channel) -> EventLoopFuture<Void>)
}
