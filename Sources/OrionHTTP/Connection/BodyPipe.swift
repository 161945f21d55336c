import NIOCore
import Synchronization

/// What has come of a body and was not taken yet, between an event loop and a task.
///
/// It waits in one piece: however small the chunks in which a client sends it, no more is held than what they say.
final class BodyPipe: Sendable {
    /// Nil behind the last.
    typealias Chunk = Result<ByteBuffer?, HTTPBodyCutError>

    private struct State {
        var waiting = ByteBuffer()
        var ending: Ending?
        var taker: CheckedContinuation<Chunk, Never>?
        var onRoom: (@Sendable () -> Void)?

        mutating func keep(_ chunk: ByteBuffer) {
            if waiting.readableBytes == 0 {
                // Not copied: it keeps what was read with it, but there is only one such.
                waiting = chunk
            } else {
                waiting.writeImmutableBuffer(chunk)
            }
        }
    }

    private enum Ending {
        case whole
        case cut
    }

    /// No more is let in from here on: a few reads of a socket.
    private static let fullBytes = 64 * 1024

    private let state = Mutex(State())

    // MARK: The event loop's side

    /// Bytes that nobody has taken yet.
    var waitingBytes: Int { state.withLock { $0.waiting.readableBytes } }

    /// Whether nothing more is to be let in until there is room.
    var isFull: Bool { waitingBytes >= Self.fullBytes }

    /// Has `onRoom` called, from anywhere, each time it is full no more.
    func whenThereIsRoom(_ onRoom: @escaping @Sendable () -> Void) {
        state.withLock { $0.onRoom = onRoom }
    }

    func give(_ chunk: ByteBuffer) {
        guard chunk.readableBytes > 0 else { return }
        let taker = state.withLock { state in
            if state.ending == nil, state.taker == nil { state.keep(chunk) }
            return state.taker.take()
        }
        taker?.resume(returning: .success(chunk))
    }

    /// The body is whole.
    func finish() { end(.whole, .success(nil)) }

    /// Nothing more will come; no effect on a body that is whole.
    func cut() { end(.cut, .failure(HTTPBodyCutError())) }

    private func end(_ ending: Ending, _ result: Chunk) {
        let taker = state.withLock { state in
            if state.ending == nil { state.ending = ending }
            state.onRoom = nil
            return state.taker.take()
        }
        taker?.resume(returning: result)
    }

    // MARK: The task's side

    /// The next chunk; nil behind the last.
    func next() async throws(HTTPBodyCutError) -> ByteBuffer? {
        let result = await withCheckedContinuation { continuation in
            if let result = take(orKeep: continuation) { continuation.resume(returning: result) }
        }
        return try result.get()
    }

    private func take(orKeep continuation: CheckedContinuation<Chunk, Never>) -> Chunk? {
        var onRoom: (@Sendable () -> Void)?
        let chunk: Chunk? = state.withLock { state in
            if state.waiting.readableBytes > 0 {
                let chunk = state.waiting
                state.waiting = ByteBuffer()
                if chunk.readableBytes >= Self.fullBytes { onRoom = state.onRoom }
                return .success(chunk)
            }
            switch state.ending {
            case .whole: return .success(nil)
            case .cut: return .failure(HTTPBodyCutError())
            case nil:
                precondition(state.taker == nil, "two tasks take the same body")
                state.taker = continuation
                return nil
            }
        }
        onRoom?()
        return chunk
    }
}
