import OrionCore
import OrionTesting

@testable import OrionServer

/// An agent's side of logs, as the contract has it: files, subscriptions, credit.
struct ModelLogAgent {
    struct Subscription {
        var output: LogOutput
        var place: Int
        var credit: Int64
        var follows: Bool
        /// Whether only the agent knows its place yet.
        var isNew: Bool
    }

    /// A line is known by what it says.
    var files: [LogOutput: [UInt8]] = [:]
    var ended: Set<ReplicaID> = []
    private(set) var subscriptions: [String: Subscription] = [:]
    /// Requests that began a subscription.
    private(set) var begun = 0

    mutating func write(_ output: LogOutput, _ text: String) { files[output, default: []] += text.utf8 }

    mutating func disconnect() { subscriptions = [:] }

    mutating func received(_ request: LogRequest) {
        if request.cancel == true {
            subscriptions[request.id] = nil
        } else if let replica = request.replicaId, let stream = request.stream {
            begun += 1
            let output = LogOutput(replica: replica, stream: stream)
            let file = files[output] ?? []
            let place = request.tailLines.map { Self.place(ofLastLines: $0, in: file) } ?? Int(request.offset ?? 0)
            subscriptions[request.id] = Subscription(
                output: output, place: min(place, file.count), credit: request.credit ?? 0,
                follows: request.follow ?? false, isNew: request.tailLines != nil)
        } else {
            subscriptions[request.id]?.credit += request.credit ?? 0
        }
    }

    /// Something to send of some subscription, of a random length.
    mutating func next(using random: inout some RandomNumberGenerator) -> LogChunk? {
        for id in subscriptions.keys.shuffled(using: &random) {
            guard var subscription = subscriptions[id] else { continue }
            let output = subscription.output
            let file = files[output] ?? []
            let left = file.count - subscription.place
            let most = min(left, Int(subscription.credit), 3000)
            let length = most > 0 ? Int.random(in: 1...most, using: &random) : 0
            let isAtEnd = subscription.place + length == file.count
            let isOver = isAtEnd && (!subscription.follows || ended.contains(output.replica))
            guard length > 0 || isOver || subscription.isNew else { continue }
            var chunk = LogChunk(
                id: id, replicaId: output.replica, stream: output.stream, offset: Int64(subscription.place),
                length: Int64(length),
                data: String(decoding: file[subscription.place..<(subscription.place + length)], as: UTF8.self))
            subscription.isNew = false
            subscription.place += length
            subscription.credit -= Int64(length)
            subscriptions[id] = isOver ? nil : subscription
            if isOver { chunk.end = true }
            return chunk
        }
        return nil
    }

    static func place(ofLastLines count: Int, in file: [UInt8]) -> Int {
        var missing = count
        guard missing > 0 else { return file.count }
        for index in file.indices.dropLast().reversed() where file[index] == 0x0A {
            missing -= 1
            if missing == 0 { return index + 1 }
        }
        return 0
    }
}
