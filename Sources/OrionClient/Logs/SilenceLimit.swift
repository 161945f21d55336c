internal import AsyncHTTPClient

/// How long the other side may say nothing while it is waited for: who takes his time with what has come is not cut.
struct SilenceLimit: Sendable {
    let seconds: Double

    /// What is waited for; cancels it and throws a time-out where it takes too long.
    func limit<Value: Sendable>(_ wait: @escaping @Sendable () async throws -> Value) async throws -> Value {
        try await withThrowingTaskGroup(of: Value.self) { race in
            defer { race.cancelAll() }
            race.addTask { try await wait() }
            race.addTask {
                try await ContinuousClock().sleep(for: .seconds(seconds))
                throw HTTPClientError.readTimeout
            }
            guard let first = try await race.next() else { throw CancellationError() }
            return first
        }
    }
}
