import OrionControlPlane
import OrionHTTP
import OrionScheduler
import Synchronization

/// The bytes of a list: made, and gzipped, once for each state that is published, however often they are asked for.
///
/// An actor, so that of many who ask for a new state one makes the bytes, and the others hold no thread while they wait.
/// Bytes that are there already are given without it.
actor ReadyList {
    private struct Made {
        var publication: UInt64
        var body: HTTPReadyBody
    }

    private let controlPlane: ControlPlane
    private let make: @Sendable (ClusterState) -> [UInt8]
    private let last = Mutex<Made?>(nil)

    init(_ controlPlane: ControlPlane, _ make: @escaping @Sendable (ClusterState) -> [UInt8]) {
        self.controlPlane = controlPlane
        self.make = make
    }

    /// The body for a client; nil where it has to be made or gzipped first.
    nonisolated func ready(for request: HTTPServerRequest) -> HTTPReadyBody? {
        guard let made = last.withLock({ $0 }), made.publication == controlPlane.publication.number,
            made.body.isGzipped || !request.acceptsGzip
        else { return nil }
        return made.body
    }

    /// The body for a client, made if need be: some 10 ms for a thousand services.
    func body(for request: HTTPServerRequest) -> HTTPReadyBody {
        if let body = ready(for: request) { return body }
        let (number, state) = controlPlane.publication
        var made = last.withLock { $0 }
        if made?.publication != number { made = nil }
        let body = made?.body ?? HTTPReadyBody(make(state))
        if request.acceptsGzip { body.gzip() }
        last.withLock { $0 = Made(publication: number, body: body) }
        return body
    }
}
