import NIOCore
import OrionCore

/// Messages for an agent that its socket has no room for yet, in order; they become JSON only when it has.
///
/// An agent that takes nothing in for a while is given up: it heals on its next hello.
struct Outbox {
    enum Outcome {
        case nothing
        /// Look again after that time whether the agent takes anything in.
        case check(after: TimeAmount)
        /// Give the agent up.
        case stalled
    }

    static let stall = TimeAmount.milliseconds(Int64(ServerLimits.stallSeconds * 1000))

    /// With no room in advance: nearly every agent takes what it is sent at once.
    private var waiting = CircularBuffer<ControlMessage>(initialCapacity: 0)
    private var lastProgress = NIODeadline.uptimeNanoseconds(0)
    private var isChecking = false

    /// Sends a message after those that wait, where `waitingBytes` of the socket's leave room for it.
    mutating func send(
        _ message: ControlMessage, at now: NIODeadline, waitingBytes: Int, _ send: ([UInt8]) -> Void
    ) -> Outcome {
        if waiting.isEmpty {
            lastProgress = now
            guard waitingBytes >= ServerLimits.outboundBytes else {
                send(message.json())
                return .nothing
            }
        }
        waiting.append(message)
        guard waiting.count <= ServerLimits.outboundMessages else { return .stalled }
        guard !isChecking else { return .nothing }
        isChecking = true
        return .check(after: Self.stall)
    }

    /// The socket has taken something: sends what it has room for now.
    mutating func drained(at now: NIODeadline, waitingBytes: () -> Int, _ send: ([UInt8]) -> Void) {
        lastProgress = now
        while waitingBytes() < ServerLimits.outboundBytes, let message = waiting.popFirst() { send(message.json()) }
    }

    /// The time to look again has come.
    mutating func checked(at now: NIODeadline) -> Outcome {
        isChecking = false
        guard !waiting.isEmpty else { return .nothing }
        let idle = now - lastProgress
        guard idle < Self.stall else { return .stalled }
        isChecking = true
        return .check(after: Self.stall - idle)
    }

    /// Nothing is sent any more.
    mutating func clear() { waiting.removeAll() }
}
