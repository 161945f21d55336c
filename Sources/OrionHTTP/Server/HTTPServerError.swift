import NIOCore

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Why a server cannot listen.
public struct HTTPServerError: Error, Sendable, CustomStringConvertible {
    /// The address as it was configured.
    public let host: String

    /// The port as it was configured.
    public let port: Int

    /// The system's error number, such as `EADDRINUSE`; nil where the name could not be resolved.
    public let errorNumber: Int32?

    /// The reason, for a person.
    public let reason: String

    /// Says what was tried and what went wrong.
    public var description: String {
        "cannot listen on \(host), port \(port): \(reason)"
    }

    init(_ configuration: HTTPServerConfiguration, _ cause: any Error) {
        host = configuration.host
        port = configuration.port
        errorNumber = (cause as? IOError)?.errnoCode
        if let errorNumber, let text = strerror(errorNumber) {
            reason = String(cString: text)
        } else if case SocketAddressError.unknown = cause {
            reason = "the name has no address"
        } else {
            reason = "\(cause)"
        }
    }
}
