import HTTPTypes
import Synchronization

/// What all connections of one server share.
final class ServerCore: Sendable {
    /// A request that is answered in a task.
    struct Job: Sendable {
        let request: HTTPServerRequest
        let handler: @Sendable (HTTPServerRequest) async -> HTTPServerResponse
        let budgetedBytes: Int
        let respond: @Sendable (HTTPServerResponse) -> Void
    }

    let router: Router
    let limits: HTTPLimits
    let registry: ConnectionRegistry
    let date = HTTPDate()
    let bodies: BodyBudget

    /// Those that wait to be started; together with those that run they are bounded by the cap on connections.
    let jobs: AsyncStream<Job>
    private let continuation: AsyncStream<Job>.Continuation
    private let jobCount = Mutex(0)

    init(router: Router, limits: HTTPLimits) {
        self.router = router
        self.limits = limits
        registry = ConnectionRegistry(limits)
        bodies = BodyBudget(limitBytes: limits.allBodyBytes)
        (jobs, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(limits.connections))
    }

    /// Requests that are with a task, or wait for one.
    var openJobs: Int { jobCount.withLock { $0 } }

    /// Hands a request over to the server's tasks; false if it takes no more.
    func submit(_ job: Job) -> Bool {
        let hasRoom = jobCount.withLock { count in
            guard count < limits.connections else { return false }
            count += 1
            return true
        }
        guard hasRoom else { return false }
        if case .enqueued = continuation.yield(job) { return true }
        jobCount.withLock { $0 -= 1 }
        return false
    }

    /// Answers a request, in a task of its own.
    func run(_ job: Job) async {
        var response = await job.handler(job.request)
        response.gzip(for: job.request)
        bodies.give(back: job.budgetedBytes)
        jobCount.withLock { $0 -= 1 }
        job.respond(response)
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
