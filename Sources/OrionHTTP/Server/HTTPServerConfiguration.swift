public import OrionTLS

/// Where a server listens, and its limits.
public struct HTTPServerConfiguration: Sendable {
    /// An address or a name of this machine.
    public var host: String

    /// 0 takes a free one, which `onListening` tells.
    public var port: Int

    /// Connections that the kernel may hold before they are accepted; it cuts this to its own bound.
    public var backlog = 4096

    /// Serves `https://` where there is one, and `http://` where there is none.
    public var tls: TLSServer?

    /// What one client may take.
    public var limits = HTTPLimits()

    /// A configuration with the limits that are built in.
    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }
}
