public import NIOCore
import NIOSSL
import Synchronization

/// A server's side of TLS: 1.2 and newer, `http/1.1` in ALPN; mutual where an authority for clients is given.
///
/// The files may change while it serves: ``reload()`` reads them anew for the connections that come from then on, and
/// touches none that is there.
public final class TLSServer: Sendable {
    private let files: TLSFiles
    private let context: Mutex<NIOSSLContext>
    private let pacers = Mutex<[ObjectIdentifier: NIOLoopBound<HandshakePacer>]>([:])

    /// Reads the files; with `clientAuthority` no client gets in whose certificate it has not signed.
    public init(certificate: String, key: String, clientAuthority: String? = nil) throws(TLSFileError) {
        files = TLSFiles(certificate: certificate, key: key, authority: clientAuthority)
        context = Mutex(try Self.context(files))
    }

    /// Reads the files anew. Where that fails, those read before stay in use.
    public func reload() throws(TLSFileError) {
        let new = try Self.context(files)
        context.withLock { $0 = new }
    }

    /// Puts TLS at the end of the pipeline of a connection that was accepted, on its event loop: what is added behind
    /// it reads and writes the plain bytes.
    ///
    /// A connection that does not come to be secure within ten seconds is closed. However many come at once, their
    /// handshakes leave the event loop time for what else it does. `onFailure` is told why one did not;
    /// so are the handlers behind, by ``TLSFailure`` as an error. Who speaks HTTP without TLS is sent `plainAnswer`
    /// before its connection is closed, of which the handlers behind hear nothing but that.
    public func secure(
        _ channel: any Channel, plainAnswer: @escaping () -> ByteBuffer? = { nil },
        onFailure: @escaping (TLSFailure) -> Void
    ) throws {
        let handler = NIOSSLServerHandler(context: context.withLock { $0 })
        let pipeline = channel.pipeline.syncOperations
        let gate = HandshakeGate(pacer(of: channel.eventLoop))
        let watch = HandshakeWatch(.server, handler, onCompletion: gate.handshakeCompleted, onFailure: onFailure)
        try pipeline.addHandler(PlainRequestWatch(answer: plainAnswer) { watch.fail($0) })
        try pipeline.addHandler(gate)
        try pipeline.addHandler(handler)
        try pipeline.addHandler(watch)
    }

    private func pacer(of eventLoop: any EventLoop) -> HandshakePacer {
        pacers.withLock { pacers in
            let id = ObjectIdentifier(eventLoop)
            if let pacer = pacers[id] { return pacer.value }
            let pacer = HandshakePacer(eventLoop: eventLoop)
            pacers[id] = NIOLoopBound(pacer, eventLoop: eventLoop)
            return pacer
        }
    }

    private static func context(_ files: TLSFiles) throws(TLSFileError) -> NIOSSLContext {
        // A context is of no side by itself; a client has no host that its certificate would have to name.
        var configuration = try files.complete(.makeClientConfiguration())
        configuration.certificateVerification = files.authority == nil ? .none : .noHostnameVerification
        return try files.context(configuration)
    }
}
