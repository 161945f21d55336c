/// Looks at replicas, by whatever means: sockets and processes in an agent, scripts in tests.
protocol HealthProbe: Sendable {
    /// Looks once, without blocking, and calls `body` once, on any thread: after the target's timeout at the latest, and the
    /// moment that it takes to clear up.
    ///
    /// - Returns: what ends it early. `body` is called then, too.
    func look(at target: HealthTarget, _ body: @escaping @Sendable (HealthOutcome) -> Void) -> @Sendable () -> Void
}
