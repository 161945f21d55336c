import NIOCore

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

extension NIOBSDSocket.Option {
    /// Bytes that the system takes in for a connection before its peer has room for them (tcp(7)); 0 is its own choice.
    static let notSentLowWater = NIOBSDSocket.Option(rawValue: TCP_NOTSENT_LOWAT)
}

extension WebSocketConfiguration {
    /// The value of that option.
    var unsentLimit: Int { kernelUnsentBytes ?? 0 }
}
