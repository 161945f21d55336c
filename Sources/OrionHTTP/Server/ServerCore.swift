import HTTPTypes

/// What all connections of one server share.
final class ServerCore: Sendable {
    /// A request that is answered in a task.
    struct Job: Sendable {
        let request: HTTPServerRequest
        let handler: @Sendable (HTTPServerRequest) async -> HTTPServerResponse
        let respond: @Sendable (HTTPServerResponse) -> Void

        func run() async {
            respond(await handler(request))
        }
    }

    let router: Router
    let limits: HTTPLimits
    let registry: ConnectionRegistry
    let date = HTTPDate()

    /// Bounded by the cap on connections, as each of them has one request with its route at most.
    let jobs: AsyncStream<Job>
    private let continuation: AsyncStream<Job>.Continuation

    init(router: Router, limits: HTTPLimits) {
        self.router = router
        self.limits = limits
        registry = ConnectionRegistry(limits)
        (jobs, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(limits.connections))
    }

    /// Hands a request over to the server's tasks; false if it takes no more.
    func submit(_ job: Job) -> Bool {
        if case .enqueued = continuation.yield(job) { true } else { false }
    }

    /// No job comes any more.
    func finish() {
        continuation.finish()
    }
}

extension HTTPProblem {
    static let overloaded = HTTPProblem(
        status: .serviceUnavailable, message: "the server has as much to do as it can take; try again in a second",
        headers: [.retryAfter: "1"])
}
