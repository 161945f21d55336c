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
            !request.acceptsGzip || made.body.isGzipped
        else { return nil }
        return made.body
    }

    /// The body for a client, made if need be: some 10 ms for a thousand services. Never of an older state than when it was
    /// asked for; what was made for another while this one waited will do.
    nonisolated func body(for request: HTTPServerRequest) async -> HTTPReadyBody {
        await body(since: controlPlane.publication.number, isGzipped: request.acceptsGzip)
    }

    private func body(since oldest: UInt64, isGzipped: Bool) -> HTTPReadyBody {
        var made = last.withLock { $0 }
        if let last = made, last.publication < oldest { made = nil }
        let (number, state) = controlPlane.publication
        let kept = made ?? Made(publication: number, body: HTTPReadyBody(make(state)))
        if isGzipped { kept.body.gzip() }
        last.withLock { $0 = kept }
        return kept.body
    }
}
