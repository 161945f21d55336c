public import NIOCore
package import NIOSSL

/// A client's side of TLS: 1.2 and newer. The server's certificate must be signed by an authority that is trusted, be
/// within its time, and name the host that was asked for.
///
/// A reference, since every socket's configuration holds one.
public final class TLSClient: Sendable {
    /// For clients that bring their own connections.
    package let configuration: TLSConfiguration
    private let context: NIOSSLContext

    /// Reads the files; without an authority the system's are trusted. Blocks while it reads.
    public init(_ files: TLSFiles = TLSFiles()) throws(TLSFileError) {
        configuration = try files.complete(.makeClientConfiguration())
        context = try files.context(configuration)
    }

    /// Puts TLS at the end of the pipeline of a connection to `host`, a name or an address, on its event loop.
    ///
    /// What is written meanwhile waits until it is secure; a ``TLSFailure`` reaches the handlers behind as an error.
    public func secure(_ channel: any Channel, host: String) throws {
        let handler = try NIOSSLClientHandler(context: context, serverHostname: Self.isAddress(host) ? nil : host)
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(handler)
        try pipeline.addHandler(HandshakeWatch(.client(host: host), handler))
    }

    /// Addresses are compared with those in the certificate, and are never told in the handshake (RFC 6066 §3).
    private static func isAddress(_ host: String) -> Bool {
        (try? SocketAddress(ipAddress: host, port: 0)) != nil
    }
}
