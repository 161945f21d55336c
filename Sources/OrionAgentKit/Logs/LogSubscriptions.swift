import NIOCore
import OrionCore

/// What the control plane wants to see of the replicas' output, and what of it is to be read next: synchronous, without
/// I/O. Each subscription has a place in one file and a credit in bytes; they take turns, one chunk each.
struct LogSubscriptions {
    /// One file of output.
    struct Output: Hashable, Sendable {
        var replica: ReplicaID
        var stream: LogStream
    }

    /// Where reading begins.
    enum Place: Hashable, Sendable {
        case offset(Int64)
        case lastLines(Int)
    }

    /// What is to be read next.
    struct Read: Hashable, Sendable {
        var id: String
        var output: Output
        var place: Place
        /// Bytes at most.
        var limit: Int
        /// Whether nothing will be written behind what is there.
        var isComplete: Bool
    }

    /// What came of it.
    enum Outcome: Hashable, Sendable {
        case piece(LogPiece)
        /// There is no such file.
        case absent
        case failed(String)
    }

    private struct Subscription {
        var output: Output
        var place: Place
        var follows: Bool
        var credit: Int64
        /// Whether the replica has, or will have, a process.
        var isLive: Bool
        /// The size of a file that was read to its end, and may grow; nil while there may be something to read.
        var sizeAtEnd: Int64?
        var isQueued = false
    }

    /// More than the control plane's own bound on what it follows of one node.
    static let maximum = 4096
    /// A chunk's bytes: few enough that a status waits for no more than some of them, enough that its frame is cheap.
    static let chunkBytes = 32 * 1024
    /// Bytes of the longest character: with less credit than that nothing may be left to send.
    static let leastCredit: Int64 = 4
    /// Lines before the end that a subscription may begin with.
    static let tailLines = 10_000
    private static let idBytes = 256

    private var subscriptions: [String: Subscription] = [:]
    private var turns = CircularBuffer<String>()

    var count: Int { subscriptions.count }

    func contains(_ id: String) -> Bool { subscriptions[id] != nil }

    /// Whether there is one whose file was read to its end and may grow.
    var isAnyWaiting: Bool { subscriptions.values.contains { $0.sizeAtEnd != nil } }

    /// Those whose file was read to its end and may grow, with its size then.
    var waiting: [(id: String, output: Output, size: Int64)] {
        subscriptions.compactMap { id, subscription in
            subscription.sizeAtEnd.map { (id, subscription.output, $0) }
        }
    }

    /// A request came; returns its refusal.
    ///
    /// - Parameter isLive: whether the replica has, or will have, a process; of no meaning where none is named.
    mutating func received(_ request: LogRequest, isLive: Bool) -> LogChunk? {
        if request.cancel == true {
            subscriptions[request.id] = nil
            return nil
        }
        guard let replica = request.replicaId, let stream = request.stream else {
            grant(request.credit ?? 0, to: request.id)
            return nil
        }
        guard request.id.utf8.count <= Self.idBytes else { return nil }
        guard subscriptions.count < Self.maximum || subscriptions[request.id] != nil else {
            return refusal(
                of: request.id, Output(replica: replica, stream: stream),
                "this node sends \(Self.maximum) outputs already, and no more")
        }
        let place: Place =
            if let lines = request.tailLines { .lastLines(min(max(0, lines), Self.tailLines)) } else {
                .offset(max(0, request.offset ?? 0))
            }
        let isQueued = subscriptions[request.id]?.isQueued ?? false
        subscriptions[request.id] = Subscription(
            output: Output(replica: replica, stream: stream), place: place, follows: request.follow ?? false, credit: 0,
            isLive: isLive, isQueued: isQueued)
        grant(request.credit ?? 0, to: request.id)
        return nil
    }

    /// A replica has ended: what stands in its files is all that there will be.
    mutating func ended(_ replica: ReplicaID) {
        for id in subscriptions.keys where subscriptions[id]?.output.replica == replica {
            subscriptions[id]?.isLive = false
            subscriptions[id]?.sizeAtEnd = nil
            queue(id)
        }
    }

    /// A file that was read to its end has another size now.
    mutating func grew(_ id: String) {
        subscriptions[id]?.sizeAtEnd = nil
        queue(id)
    }

    /// Nobody listens any more.
    mutating func removeAll() {
        subscriptions = [:]
        turns.removeAll()
    }

    /// What to read now; its outcome is to be told before the next is asked for.
    mutating func next() -> Read? {
        while let id = turns.popFirst() {
            subscriptions[id]?.isQueued = false
            guard let subscription = subscriptions[id], isReady(subscription) else { continue }
            return Read(
                id: id, output: subscription.output, place: subscription.place,
                limit: Int(min(subscription.credit, Int64(Self.chunkBytes))), isComplete: !subscription.isLive)
        }
        return nil
    }

    /// What was read; returns what is to be sent.
    mutating func read(_ id: String, _ outcome: Outcome) -> LogChunk? {
        guard var subscription = subscriptions[id] else { return nil }
        // Where the last lines begin only we know: the control plane is told, be there any or not.
        let isPlaced = if case .offset = subscription.place { true } else { false }
        switch outcome {
        case .failed(let reason):
            subscriptions[id] = nil
            return refusal(of: id, subscription.output, reason)
        case .absent where subscription.isLive && subscription.follows:
            subscriptions[id]?.place = .offset(0)
            subscriptions[id]?.sizeAtEnd = -1
            return isPlaced ? nil : beginning(of: id, subscription.output)
        case .absent where subscription.isLive:
            subscriptions[id] = nil
            return end(of: id, subscription.output)
        case .absent:
            subscriptions[id] = nil
            return refusal(of: id, subscription.output, "nothing is kept here of \(subscription.output.replica)")
        case .piece(let piece):
            var chunk = LogChunk(
                id: id, replicaId: subscription.output.replica, stream: subscription.output.stream,
                offset: piece.offset, length: piece.length, data: piece.text)
            if piece.skipped > 0 { chunk.skipped = piece.skipped }
            subscription.place = .offset(piece.offset + piece.length)
            subscription.credit -= piece.length
            if piece.isAtEnd, subscription.follows, subscription.isLive { subscription.sizeAtEnd = piece.size }
            chunk.end = piece.isAtEnd && subscription.sizeAtEnd == nil ? true : nil
            subscriptions[id] = chunk.end == true ? nil : subscription
            queue(id)
            return piece.length > 0 || piece.skipped > 0 || chunk.end == true || !isPlaced ? chunk : nil
        }
    }

    private mutating func grant(_ credit: Int64, to id: String) {
        guard let subscription = subscriptions[id] else { return }
        // A sum that overflows is as good as no bound.
        subscriptions[id]?.credit =
            subscription.credit.addingReportingOverflow(max(0, credit)).overflow
            ? .max : subscription.credit + max(0, credit)
        queue(id)
    }

    private func isReady(_ subscription: Subscription) -> Bool {
        subscription.sizeAtEnd == nil && subscription.credit >= Self.leastCredit
    }

    private mutating func queue(_ id: String) {
        guard let subscription = subscriptions[id], isReady(subscription), !subscription.isQueued else { return }
        subscriptions[id]?.isQueued = true
        turns.append(id)
    }

    private func beginning(of id: String, _ output: Output) -> LogChunk {
        LogChunk(id: id, replicaId: output.replica, stream: output.stream, offset: 0)
    }

    private func end(of id: String, _ output: Output) -> LogChunk {
        var chunk = beginning(of: id, output)
        chunk.end = true
        return chunk
    }

    private func refusal(of id: String, _ output: Output, _ reason: String) -> LogChunk {
        var chunk = end(of: id, output)
        chunk.error = reason
        return chunk
    }
}
