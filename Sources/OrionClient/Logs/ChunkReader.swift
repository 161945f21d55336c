internal import AsyncHTTPClient
internal import NIOCore

/// Reads a body where a child task can wait for its next piece: the iterator itself cannot be handed over.
actor ChunkReader {
    private var chunks: HTTPClientResponse.Body.AsyncIterator

    init(_ body: HTTPClientResponse.Body) { chunks = body.makeAsyncIterator() }

    /// The next piece; nil at the end.
    func next() async throws -> ByteBuffer? {
        // What is of the actor cannot be changed while it waits.
        var iterator = chunks
        defer { chunks = iterator }
        return try await iterator.next(isolation: self)
    }
}
