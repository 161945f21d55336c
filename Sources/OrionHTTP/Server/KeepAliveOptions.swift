import NIOCore

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// TCP's own question whether the other side is still there (RFC 9293 §3.8.4).
extension NIOBSDSocket.Option {
    /// Seconds without a byte before the first.
    #if canImport(Darwin)
        static let keepAliveIdle = NIOBSDSocket.Option(rawValue: TCP_KEEPALIVE)
    #else
        static let keepAliveIdle = NIOBSDSocket.Option(rawValue: TCP_KEEPIDLE)
    #endif

    /// Seconds between two.
    static let keepAliveInterval = NIOBSDSocket.Option(rawValue: TCP_KEEPINTVL)

    /// How many without an answer end the connection.
    static let keepAliveCount = NIOBSDSocket.Option(rawValue: TCP_KEEPCNT)
}
