import NIOCore
import NIOPosix
import Synchronization

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// One attempt to get a WebSocket: has one result, whichever of success, failure, time-out and cancellation comes first.
final class ConnectAttempt: Sendable {
    private struct State {
        var isPending = true
        var hasFailed = false
        var channel: (any Channel)?
    }

    private let url: WebSocketURL
    private let promise: EventLoopPromise<WebSocket>
    private let state = Mutex(State())

    init(_ url: WebSocketURL, on eventLoop: any EventLoop, within time: TimeAmount) {
        self.url = url
        promise = eventLoop.makePromise(of: WebSocket.self)
        let timer = eventLoop.scheduleTask(in: time) {
            self.fail(.timedOut, "no answer within \(Double(time.nanoseconds) / 1e9) s")
        }
        promise.futureResult.whenComplete { _ in timer.cancel() }
    }

    var result: EventLoopFuture<WebSocket> { promise.futureResult }

    var isPending: Bool { state.withLock { $0.isPending } }

    /// True for the one that may decide the result.
    func take() -> Bool {
        state.withLock { state in
            defer { state.isPending = false }
            return state.isPending
        }
    }

    /// The result, after ``take()``.
    func succeed(_ socket: WebSocket) {
        promise.succeed(socket)
    }

    /// The failure, after ``take()``.
    func broke(_ error: any Error) {
        promise.fail(WebSocketConnectError(.unreachable, "\(url): \(Self.text(error))"))
    }

    func fail(_ code: WebSocketConnectError.Code, _ reason: String) {
        let (isMine, channel) = state.withLock { state in
            guard state.isPending else { return (false, state.channel) }
            state.isPending = false
            state.hasFailed = true
            return (true, state.channel)
        }
        guard isMine else { return }
        promise.fail(WebSocketConnectError(code, "\(url): \(reason)"))
        channel?.close(promise: nil)
    }

    /// The channel is connected, or cannot be.
    func connected(_ result: Result<any Channel, any Error>) {
        switch result {
        case .success(let channel):
            let hasFailed = state.withLock { state in
                state.channel = channel
                return state.hasFailed
            }
            if hasFailed { channel.close(promise: nil) }
        case .failure(let error):
            fail(Self.isTimeout(error) ? .timedOut : .unreachable, Self.text(error))
        }
    }

    private static func isTimeout(_ error: any Error) -> Bool {
        if case ChannelError.connectTimeout = error { return true }
        guard let error = error as? NIOConnectionError, !error.connectionErrors.isEmpty else { return false }
        return error.connectionErrors.allSatisfy { failure in
            if case ChannelError.connectTimeout = failure.error { true } else { false }
        }
    }

    private static func text(_ error: any Error) -> String {
        if let error = error as? NIOConnectionError {
            guard let failure = error.connectionErrors.last else { return "the name \(error.host) has no address" }
            return text(failure.error)
        }
        if let error = error as? IOError, let text = strerror(error.errnoCode) { return String(cString: text) }
        if case ChannelError.connectTimeout = error { return "no answer" }
        return "\(error)"
    }
}
