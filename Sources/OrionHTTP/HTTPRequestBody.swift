public import NIOCore

/// The body of a request as it comes in, for a route that need not have it whole (``Router/onStream``).
///
/// What the route does not take is not read from the client either: 64 KiB wait, in one piece however they came, and TCP
/// holds back the rest. To be gone through once.
public struct HTTPRequestBody: AsyncSequence, Sendable {
    /// Some bytes of it, never none.
    public typealias Element = ByteBuffer

    /// Waits for each chunk.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let pipe: BodyPipe

        /// The next chunk; nil behind the last. Throws ``HTTPBodyCutError`` where the rest will not come.
        public mutating func next() async throws(HTTPBodyCutError) -> ByteBuffer? {
            try await pipe.next()
        }

        /// The next chunk; nil behind the last. Throws ``HTTPBodyCutError`` where the rest will not come.
        public mutating func next(
            isolation actor: isolated (any Actor)?
        ) async throws(HTTPBodyCutError) -> ByteBuffer? {
            try await pipe.next()
        }
    }

    let pipe: BodyPipe

    /// Begins where nobody has.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(pipe: pipe) }
}

/// The rest of a request's body will not come: the client is gone, too slow, or over a limit, and what the route answers
/// reaches nobody.
public struct HTTPBodyCutError: Error, Sendable {
    init() {}
}
