import COrionSpawn
import Dispatch
import Glibc

extension Descriptor {
    /// What a descriptor is waited for.
    enum Readiness {
        /// It can be read, or has reached its end.
        case readable
        /// It is a file of the kernel that tells of changes, and has changed since it was last read.
        case changed
    }

    /// How soon it is tried again where the process, or the system, has nothing left to wait with.
    private static let pauseMilliseconds = 100

    /// Calls `body` once, on `queue`, as soon as the descriptor is ready.
    ///
    /// The dispatch source gets a descriptor that watches this one, since that never hangs up: a source whose descriptor
    /// does may bring down the process, as its muxnote is freed on `queue` while the manager's thread walks it
    /// (swift-corelibs-libdispatch, issue 949).
    func whenReady(
        for readiness: Readiness = .readable, on queue: DispatchQueue, _ body: @escaping @Sendable () -> Void
    ) {
        let watch = orion_watch(number, readiness == .changed)
        guard watch >= 0 else {
            let number = errno
            guard [EMFILE, ENFILE, ENOMEM, ENOSPC].contains(number) else {
                preconditionFailure("descriptor \(self.number) cannot be waited for: \(describe(errno: number))")
            }
            return queue.asyncAfter(deadline: .now() + .milliseconds(Self.pauseMilliseconds)) {
                self.whenReady(for: readiness, on: queue, body)
            }
        }
        let watcher = Descriptor(owning: watch)
        let source = DispatchSource.makeReadSource(fileDescriptor: watcher.number, queue: queue)
        source.setEventHandler { source.cancel() }
        // Only after the cancellation may the descriptors be closed: both are held until here.
        source.setCancelHandler {
            withExtendedLifetime((self, watcher), body)
        }
        source.activate()
    }

    /// Returns as soon as the descriptor can be read or has reached its end.
    func readable(on queue: DispatchQueue) async {
        await withCheckedContinuation { continuation in
            whenReady(on: queue) { continuation.resume() }
        }
    }
}
