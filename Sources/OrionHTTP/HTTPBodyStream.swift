/// A body that is produced as the client takes it: never more than one chunk of it is held.
///
/// The client is gone once it has closed its side of the connection too: a stream may be quiet for long, and nothing else
/// would tell.
public protocol HTTPBodyStream: AnyObject, Sendable {
    /// The client has room for a chunk: `take` is to be called once, from anywhere and whenever there is one; nil is the
    /// body's end. Called on an event loop, which it must not block; first once the head has been written, then when the
    /// chunk before has left.
    func next(_ take: @escaping @Sendable ([UInt8]?) -> Void)

    /// Nobody wants the rest: the client is gone or reads nothing for `streamStallSeconds`, the server ends, or the
    /// request was a HEAD. Called at most once, and not after the body's end.
    func cancel()
}
