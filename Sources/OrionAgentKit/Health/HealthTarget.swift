package import OrionCore

/// A replica to be checked, and how.
package struct HealthTarget: Equatable, Sendable {
    /// As it was when the checks began: its specification and its ports are what matters.
    package let record: LedgerRecord
    package let check: HealthCheck
    /// When its process was started.
    package let start: ContinuousClock.Instant
    /// Whether it has passed a check before.
    package let hasPassed: Bool

    package var id: ReplicaID { record.id }

    var timeout: Duration { .seconds(clamped: check.timeoutSeconds) }

    /// For a message: "timed out after 2 s".
    var timeoutText: String { "timed out after \(check.timeoutSeconds.text) s" }

    /// The number of the port called `name`, or of the first where there is no name.
    func port(_ name: String?) -> Int? {
        let ports = record.specification.value.ports
        guard let name = name ?? (ports.first { $0.protocol == .tcp } ?? ports.first)?.name else { return nil }
        return record.ports[name]
    }
}
