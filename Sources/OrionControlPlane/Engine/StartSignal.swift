import OrionCore
import Synchronization

/// Tells whoever waits for it how a start went.
final class StartSignal: Sendable {
    private struct Contents {
        var outcome: Result<Void, OrionError>?
        var waiting: [UInt64: CheckedContinuation<Result<Void, OrionError>, Never>] = [:]
        var next: UInt64 = 0
    }

    private let contents = Mutex(Contents())

    /// Says how it went; what is said first holds.
    func signal(_ outcome: Result<Void, OrionError>) {
        let waiting = contents.withLock { contents in
            if contents.outcome == nil { contents.outcome = outcome }
            defer { contents.waiting = [:] }
            return contents.waiting.values
        }
        for continuation in waiting { continuation.resume(returning: outcome) }
    }

    /// Waits for it; a cancelled task does not go on waiting.
    func wait() async throws(OrionError) {
        let id = contents.withLock { contents in
            contents.next += 1
            return contents.next
        }
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let outcome = contents.withLock { contents in
                    if contents.outcome == nil, !Task.isCancelled {
                        contents.waiting[id] = continuation
                        return nil as Result<Void, OrionError>?
                    }
                    return contents.outcome ?? Self.cancelled
                }
                if let outcome { continuation.resume(returning: outcome) }
            }
        } onCancel: {
            contents.withLock { $0.waiting.removeValue(forKey: id) }?.resume(returning: Self.cancelled)
        }
        try outcome.get()
    }

    private static let cancelled: Result<Void, OrionError> = .failure(
        OrionError(.unavailable, "the wait for the control plane was cancelled"))
}
