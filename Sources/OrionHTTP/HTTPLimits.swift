/// What one client may take of the server, each bound with its reason.
public struct HTTPLimits: Sendable, Equatable {
    /// The request line: RFC 9112 §3 asks for 8,000 bytes at least. Longer ones are answered with 414.
    public var requestLineBytes = 8 * 1024

    /// The whole head, counted on the bytes as they come. Longer ones are answered with 431.
    public var headBytes = 16 * 1024

    /// Header fields of a request, as each of them costs more than its bytes: 431.
    public var headFields = 256

    /// From the first byte of a head, or of a connection, to the head's end, however it trickles: 408, and the
    /// connection is cut.
    public var headSeconds = 10.0

    /// A body, unless its route says otherwise. Longer ones are answered with 413, before they are read where they
    /// announce their length.
    public var bodyBytes = 4 * 1024 * 1024

    /// The bodies of all requests that are read or answered at a time; a request beyond that is answered with 503.
    public var allBodyBytes = 256 * 1024 * 1024

    /// How long a body may make no progress: 408, and the connection is cut.
    public var bodyStallSeconds = 30.0

    /// A body that comes slower than this over more than `bodyStallSeconds` is cut likewise.
    public var bodyBytesPerSecond = 512.0

    /// Chunk sizes, extensions and trailers of one chunked body, which carry nothing that a route sees.
    public var chunkOverheadBytes = 256 * 1024

    /// How long a connection waits for its next request: longer than the 60 s of common proxies, so that they close first.
    public var keepAliveSeconds = 75.0

    /// How long a client may read nothing of what waits for it.
    public var writeStallSeconds = 30.0

    /// How long a client may read nothing of a body that is produced while it is sent: long enough to read in a pager what
    /// has come, short enough that none keeps a stream for ever.
    public var streamStallSeconds = 600.0

    /// Bytes of a body that is produced while it is sent which the system keeps for a client that does not read: by itself it
    /// takes megabytes. What is behind them can be left out, or given to somebody else.
    public var streamUnsentBytes = 64 * 1024

    /// After so long without a byte either way the client's system is asked whether it is still there, and after four
    /// questions of 15 s without an answer the connection ends: a stream that is quiet for long would otherwise keep the
    /// place of a machine that was switched off for ever.
    public var probeIdleSeconds = 60

    /// How long an answered connection that was not read to its end is drained, so that the client sees the answer
    /// instead of a reset; silence for a fifth of that ends it too.
    public var lingerSeconds = 10.0

    /// Bytes of later requests that are kept while one is answered; reading pauses long before, but a client's FIN
    /// brings in what the kernel holds.
    public var pipelinedBytes = 256 * 1024

    /// A body up to this is gzipped on the event loop, which takes some 0.2 ms; a larger one in a task, so that the other
    /// connections of the loop do not wait for it.
    public var gzipAtOnceBytes = 16 * 1024

    /// Connections that speak HTTP; more are answered with 503 at once.
    public var connections = 10_000

    /// Connections that changed over to another protocol, counted apart; more upgrades are answered with 503.
    public var upgradedConnections = 12_000

    /// After a graceful shutdown began: how long requests in flight and upgraded connections may take.
    public var shutdownSeconds = 30.0

    /// The limits that stand here as values.
    public init() {}
}
