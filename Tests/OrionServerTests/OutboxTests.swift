import NIOCore
import OrionCore
import Testing

@testable import OrionServer

@Suite("Messages that wait for an agent's socket")
struct OutboxTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000)

    @Test("They are sent at once while there is room, then kept, and sent in order as room comes")
    func order() {
        var outbox = Outbox()
        var sent: [String] = []
        func collect(_ bytes: [UInt8]) {
            let frame = (try? OrionJSON.parse(bytes)) ?? .null
            sent.append(frame["payload"]["replicaId"].text ?? "")
        }
        #expect(outbox.send(stop("a"), at: start, waitingBytes: 0, collect).isNothing)
        #expect(outbox.send(stop("b"), at: start, waitingBytes: 1 << 20, collect).isCheck)
        #expect(outbox.send(stop("c"), at: start, waitingBytes: 0, collect).isNothing)
        #expect(sent == ["a"])
        outbox.drained(at: start, waitingBytes: { sent.count < 2 ? 0 : 1 << 20 }, collect)
        #expect(sent == ["a", "b"])
        outbox.drained(at: start, waitingBytes: { 0 }, collect)
        #expect(sent == ["a", "b", "c"])
        #expect(outbox.send(stop("d"), at: start, waitingBytes: 0, collect).isNothing)
        #expect(sent == ["a", "b", "c", "d"])
    }

    @Test("An agent that takes nothing in is given up; one that takes a little is not")
    func stall() {
        var outbox = Outbox()
        _ = outbox.send(stop("a"), at: start, waitingBytes: 1 << 20) { _ in }
        #expect(outbox.checked(at: start + .seconds(1)).isCheck)
        outbox.drained(at: start + .seconds(4), waitingBytes: { 1 << 20 }) { _ in }
        #expect(outbox.checked(at: start + Outbox.stall).isCheck)
        #expect(outbox.checked(at: start + .seconds(4) + Outbox.stall).isStalled)
        outbox.drained(at: start + .seconds(20), waitingBytes: { 0 }) { _ in }
        #expect(outbox.checked(at: start + .seconds(60)).isNothing)
    }

    @Test("What is kept has a bound")
    func bound() {
        var outbox = Outbox()
        for _ in 0..<ServerLimits.outboundMessages {
            #expect(!outbox.send(stop("a"), at: start, waitingBytes: 1 << 20) { _ in }.isStalled)
        }
        #expect(outbox.send(stop("a"), at: start, waitingBytes: 1 << 20) { _ in }.isStalled)
    }

    private func stop(_ id: String) -> ControlMessage {
        .stop(Stop(serviceName: "s", replicaId: ReplicaID(rawValue: id)))
    }
}

extension Outbox.Outcome {
    fileprivate var isNothing: Bool { if case .nothing = self { true } else { false } }
    fileprivate var isCheck: Bool { if case .check = self { true } else { false } }
    fileprivate var isStalled: Bool { if case .stalled = self { true } else { false } }
}
