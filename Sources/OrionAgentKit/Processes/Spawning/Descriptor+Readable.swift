import Dispatch

extension Descriptor {
    /// Calls `body` once, on `queue`, as soon as the descriptor can be read or has reached its end.
    func whenReadable(on queue: DispatchQueue, _ body: @escaping @Sendable () -> Void) {
        let source = DispatchSource.makeReadSource(fileDescriptor: number, queue: queue)
        source.setEventHandler { source.cancel() }
        // Only after the cancellation may the descriptor be closed: `self` is held until here.
        source.setCancelHandler {
            withExtendedLifetime(self, body)
        }
        source.activate()
    }

    /// Returns as soon as the descriptor can be read or has reached its end.
    func readable(on queue: DispatchQueue) async {
        await withCheckedContinuation { continuation in
            whenReadable(on: queue) { continuation.resume() }
        }
    }
}
