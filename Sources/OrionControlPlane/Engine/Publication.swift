import OrionScheduler
import Synchronization

/// The state that is shown, and who wants to see each.
final class Publication: Sendable {
    private struct Contents {
        var state: ClusterState
        var number: UInt64 = 0
        var readers: [UInt64: AsyncStream<ClusterState>.Continuation] = [:]
        var lastReader: UInt64 = 0
        var isFinished = false
    }

    private let contents: Mutex<Contents>

    init(_ state: ClusterState) { contents = Mutex(Contents(state: state)) }

    var state: ClusterState { contents.withLock { $0.state } }

    /// The state, and how many were published before it.
    var numbered: (number: UInt64, state: ClusterState) { contents.withLock { ($0.number, $0.state) } }

    func publish(_ state: ClusterState) {
        let readers = contents.withLock { contents in
            contents.state = state
            contents.number += 1
            return contents.readers.values
        }
        for reader in readers { reader.yield(state) }
    }

    /// The state now and each from now on; a reader that is slower misses those in between.
    func states() -> AsyncStream<ClusterState> {
        let (stream, reader) = AsyncStream.makeStream(of: ClusterState.self, bufferingPolicy: .bufferingNewest(1))
        let id = contents.withLock { contents in
            contents.lastReader += 1
            // Under the lock, so that no later state comes before it.
            reader.yield(contents.state)
            if contents.isFinished { reader.finish() } else { contents.readers[contents.lastReader] = reader }
            return contents.lastReader
        }
        reader.onTermination = { _ in self.contents.withLock { _ = $0.readers.removeValue(forKey: id) } }
        return stream
    }

    func finish() {
        let readers = contents.withLock { contents in
            contents.isFinished = true
            return contents.readers.values
        }
        for reader in readers { reader.finish() }
    }
}
