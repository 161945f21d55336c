/// What one check has found.
package enum HealthOutcome: Hashable, Sendable {
    case passed
    /// With what was tried and what happened, for people: "GET http://127.0.0.1:4000/health: 503".
    case failed(String)
}
