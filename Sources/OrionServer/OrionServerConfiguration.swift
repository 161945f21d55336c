public import OrionTLS

/// What an operator may set of the control plane's doors.
public struct OrionServerConfiguration: Sendable {
    /// The address to bind.
    public var host: String
    /// The port to bind; 0 picks a free one.
    public var port: Int
    /// Serves `https://` and `wss://` where there is one.
    public var tls: TLSServer?
    /// Threads that serve sockets. Each costs memory, and four serve ten thousand agents.
    public var threads: Int
    /// Seconds from the upgrade to the first hello.
    package var helloSeconds = ServerLimits.helloSeconds
    /// Seconds in which an agent has to answer that its session is closed.
    package var closeSeconds = ServerLimits.closeSeconds

    /// Loopback, the contract's port, two threads.
    public init(host: String = "127.0.0.1", port: Int = 6060, threads: Int = 2) {
        self.host = host
        self.port = port
        self.threads = threads
    }
}
