/// The server's bounds, each with its reason; those of HTTP and WebSocket themselves stand in OrionHTTP and OrionWS.
enum ServerLimits {
    /// Bytes of an applied document: 10,000 services of 1.6 KiB.
    static let applyBodyBytes = 16 << 20
    /// Seconds from the upgrade to the first hello: who says nothing for longer holds a socket for nothing.
    static let helloSeconds = 10.0
    /// Seconds in which an agent has to take in that its session is closed, and answer: what was sent before comes first.
    static let closeSeconds = 5.0
    /// Seconds that the answer to a probe may take (protocol.md §4, Two with one id).
    static let probeSeconds = 2.0
    /// Pings in a heartbeat timeout, so that one or two lost ones do not yet end a session.
    static let pingsPerTimeout = 4.0
    /// Bytes of frames that wait for an agent's socket before further messages are kept as they are, which costs tens of
    /// bytes each: 4,000 launches are up to a gigabyte of JSON.
    static let outboundBytes = 256 << 10
    /// Bytes for an agent that the kernel takes beyond what is under way: on a slow line megabytes would stand before a ping.
    static let kernelUnsentBytes = 64 << 10
    /// Messages kept so: a launch, a stop and an update for each replica that a node takes, and as much again.
    static let outboundMessages = 24_000
    /// Seconds in which an agent that messages are kept for has to take something in: 64 KiB/s at least.
    static let stallSeconds = 5.0
    /// Seconds that requests in flight have to end at a shutdown.
    static let shutdownSeconds = 10.0
    /// Seconds after which a refused client may try again: the store is probed each second.
    static let retryAfterSeconds = 1
    /// Bytes of a node's id, name, address, version or instance id, of a service's name or a replica's id: longer than
    /// any host name (253).
    static let identifierBytes = 256
    /// Labels of a node.
    static let labels = 256
    /// Bytes of one label's value.
    static let labelValueBytes = 1024
    /// Bytes of what an agent says of a replica for people; the rest is cut.
    static let statusMessageBytes = 4096
    /// Ports of a replica.
    static let ports = 256
    /// Cores or MiB of a machine, and what is used of it: enough for any, and far from where sums overflow.
    static let amount = 1e15
    /// A place in a file: more than any file system takes, and far from where sums overflow.
    static let fileBytes: Int64 = 1 << 60
    /// Milliseconds since the epoch: the year 5138.
    static let timestampMilliseconds: Int64 = 100_000_000_000_000
    /// Restarts, generations and exit codes.
    static let count = 1 << 31

    // MARK: - Logs

    /// Clients that read logs at a time: each holds a connection and pulls a page at a time.
    static let logFollowers = 1_000
    /// Replicas of which one client is shown the logs: more scroll by faster than anyone reads.
    static let logReplicas = 256
    /// Outputs that are read of all agents; times `logBacklogBytes`, the memory that logs may take: half a gigabyte.
    static let logReaders = 2_048
    /// Bytes that an agent may send beyond what the fastest client has read: some of its chunks, so that neither waits for
    /// the other.
    static let logWindowBytes: Int64 = 128 << 10
    /// Bytes of an output that are kept: the window, and as much again for clients that are slower or come later.
    static let logBacklogBytes: Int64 = 256 << 10
    /// Bytes of a line; a longer one comes in pieces. Half a window, so that its end can always come.
    static let logLineBytes = 64 << 10
    /// Bytes of a page, about: it is made when the client has room for it.
    static let logPageBytes = 32 << 10
    /// Bytes of one output until it is another's turn.
    static let logTurnBytes = 8 << 10
    /// Lines before an output's end that a client may ask for; agents look for no more.
    static let logTailLines = 10_000
    /// Forgotten replicas that are looked for when a client comes back.
    static let logSearches = 16
    /// Clients for which replicas are looked for at a time: each has every agent asked for each of its replicas.
    static let logSearchesAtOnce = 16
    /// Seconds that agents have to say whether they know a replica.
    static let logSearchSeconds: Int64 = 3
    /// Seconds after which a client that follows sees that the line still stands: proxies cut after 60.
    static let logKeepAliveSeconds: Int64 = 15
}
