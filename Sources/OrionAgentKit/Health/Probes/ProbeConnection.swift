import Glibc
import NIOCore
import NIOPosix
import Synchronization

/// One connection to a replica, open no longer than its check's timeout. The first outcome counts, and closes it.
final class ProbeConnection: Sendable {
    private struct State {
        var isSettled = false
        var channel: (any Channel)?
        var timeout: Scheduled<Void>?
    }

    private let state = Mutex(State())
    private let what: String
    private let timeoutText: String
    private let body: @Sendable (HealthOutcome) -> Void

    /// - Parameter what: what is tried; the messages of failures begin with it.
    init(_ what: String, _ target: HealthTarget, _ body: @escaping @Sendable (HealthOutcome) -> Void) {
        self.what = what
        self.body = body
        timeoutText = target.timeoutText
    }

    /// Connects to a port of this machine. The handlers that `configure` adds go on from there, or `connected` does.
    func open(
        port: Int, timeout: Duration, on group: any EventLoopGroup,
        configure: @escaping @Sendable (any Channel) throws -> Void = { _ in },
        connected: @escaping @Sendable () -> Void = {}
    ) {
        let loop = group.any()
        let amount = TimeAmount.nanoseconds(timeout.nanoseconds)
        let deadline = loop.scheduleTask(in: amount) { self.fail(self.timeoutText) }
        state.withLock { $0.timeout = deadline }
        let address: SocketAddress
        guard let number = UInt16(exactly: port) else { return fail("\(port) is no port") }
        do {
            address = try SocketAddress(ipAddress: "127.0.0.1", port: Int(number))
        } catch {
            return fail("\(error)")
        }
        ClientBootstrap(group: loop)
            .connectTimeout(amount)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    self.took(channel)
                    try configure(channel)
                }
            }
            .connect(to: address)
            .whenComplete { result in
                switch result {
                case .success(let channel):
                    // Nobody listens, and the kernel has given us the very port as ours: we would talk to ourselves.
                    if channel.localAddress?.port == port { return self.fail("refused") }
                    connected()
                case .failure(let error): self.fail(error)
                }
            }
    }

    func pass() {
        settle(.passed)
    }

    func fail(_ reason: String) {
        settle(.failed("\(what): \(reason)"))
    }

    func fail(_ error: any Error) {
        switch error {
        case let error as IOError where error.errnoCode == ECONNREFUSED: fail("refused")
        case let error as IOError: fail(describe(errno: error.errnoCode))
        case ChannelError.connectTimeout: fail(timeoutText)
        default: fail("\(error)")
        }
    }

    /// For the check to end early.
    func cancel() {
        fail("ended early")
    }

    private func took(_ channel: any Channel) {
        let isLate = state.withLock { state in
            state.channel = channel
            return state.isSettled
        }
        if isLate { channel.close(promise: nil) }
    }

    private func settle(_ outcome: HealthOutcome) {
        let left: State? = state.withLock { state in
            guard !state.isSettled else { return nil }
            defer { state = State(isSettled: true) }
            return state
        }
        guard let left else { return }
        left.timeout?.cancel()
        left.channel?.close(promise: nil)
        body(outcome)
    }
}
