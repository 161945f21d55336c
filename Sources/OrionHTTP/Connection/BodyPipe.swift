import NIOCore
import Synchronization

/// What has come of a body and was not taken yet, between an event loop and a task.
final class BodyPipe: Sendable {
    /// Nil behind the last.
    typealias Chunk = Result<ByteBuffer?, HTTPBodyCutError>

    private struct State {
        var chunks: [ByteBuffer] = []
        var waitingBytes = 0
        var ending: Ending?
        var taker: CheckedContinuation<Chunk, Never>?
        var onRoom: (@Sendable () -> Void)?
    }

    private enum Ending {
        case whole
        case cut
    }

    /// Chunks are taken singly, but no more are let in from here on: two reads of a socket.
    private static let fullBytes = 64 * 1024

    private let state = Mutex(State())

    // MARK: The event loop's side

    /// Bytes that nobody has taken yet.
    var waitingBytes: Int { state.withLock { $0.waitingBytes } }

    /// Whether nothing more is to be let in until there is room.
    var isFull: Bool { waitingBytes >= Self.fullBytes }

    /// Has `onRoom` called, from anywhere, each time it is full no more.
    func whenThereIsRoom(_ onRoom: @escaping @Sendable () -> Void) {
        state.withLock { $0.onRoom = onRoom }
    }

    func give(_ chunk: ByteBuffer) {
        guard chunk.readableBytes > 0 else { return }
        let taker = state.withLock { state in
            if state.ending == nil, state.taker == nil {
                state.chunks.append(chunk)
                state.waitingBytes += chunk.readableBytes
            }
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
            if !state.chunks.isEmpty {
                let chunk = state.chunks.removeFirst()
                let wasFull = state.waitingBytes >= Self.fullBytes
                state.waitingBytes -= chunk.readableBytes
                if wasFull, state.waitingBytes < Self.fullBytes { onRoom = state.onRoom }
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
