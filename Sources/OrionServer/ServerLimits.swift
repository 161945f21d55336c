/// The server's bounds, each with its reason; those of HTTP and WebSocket themselves stand in OrionHTTP and OrionWS.
enum ServerLimits {
    /// Bytes of an applied document: 10,000 services of 1.6 KiB.
    static let applyBodyBytes = 16 << 20
    /// Seconds from the upgrade to the first hello: who says nothing for longer holds a socket for nothing.
    static let helloSeconds = 10.0
    /// Seconds that the answer to a probe may take (protocol.md §4, Two with one id).
    static let probeSeconds = 2.0
    /// Pings in a heartbeat timeout, so that one or two lost ones do not yet end a session.
    static let pingsPerTimeout = 4.0
    /// Bytes of frames that wait for an agent's socket before further messages are kept as they are, which costs tens of
    /// bytes each: 4,000 launches are up to a gigabyte of JSON.
    static let outboundBytes = 256 << 10
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
    /// Milliseconds since the epoch: the year 5138.
    static let timestampMilliseconds: Int64 = 100_000_000_000_000
    /// Restarts, generations and exit codes.
    static let count = 1 << 31
}
