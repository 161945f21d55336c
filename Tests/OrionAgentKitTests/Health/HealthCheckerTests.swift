import OrionCore
import Synchronization
import Testing

@testable import OrionAgentKit

@Suite struct HealthCheckerTests {
    let probe = ScriptedProbe()
    let said = SaidLog()

    func checker(maximumRunning: Int = HealthSchedule.maximumRunning) -> HealthChecker {
        HealthChecker(probe: probe, schedule: HealthSchedule(maximumRunning: maximumRunning))
    }

    func target(
        _ id: ReplicaID, hasPassed: Bool = false, _ change: (inout HealthCheck) -> Void = { _ in }
    ) -> HealthTarget {
        var check = HealthCheck()
        check.tcp = HealthCheck.TCP()
        check.intervalSeconds = 0.1
        check.startPeriodSeconds = 0
        check.failureThreshold = 2
        change(&check)
        let record = LedgerRecord(
            id: id, service: "web", fence: nil, specification: SharedSpecification(ServiceSpecification(name: "web")),
            generation: 1, ports: [:])
        return HealthTarget(record: record, check: check, start: ContinuousClock.now, hasPassed: hasPassed)
    }

    func end(_ id: ReplicaID, _ outcome: HealthOutcome) async throws {
        try #require(try await eventually { probe.end(id, outcome) })
    }

    @Test func saysWhatChangesAndNothingElse() async throws {
        let checker = checker()
        checker.begin(target("web-000001"), said.append)
        try await end("web-000001", .failed("no"))
        try await end("web-000001", .passed)
        try await end("web-000001", .passed)
        try await end("web-000001", .failed("no"))
        try await end("web-000001", .failed("no"))
        try await end("web-000001", .passed)
        try #require(try await eventually { said.all.count == 4 })
        #expect(said.all == [.waiting("no"), .passed, .failed("no (2 failed checks in a row)"), .passed])
        await checker.endAll()
    }

    @Test func anEndedOneIsNotHeardOf() async throws {
        let checker = checker()
        checker.begin(target("web-000001")) { _ in Issue.record("it was ended") }
        try #require(try await eventually { !probe.open.isEmpty })
        checker.end("web-000001")
        try #require(try await eventually { probe.endedEarly == 1 })
        checker.begin(target("web-000001"), said.append)
        try await end("web-000001", .passed)
        try #require(try await eventually { !said.all.isEmpty })
        #expect(said.all == [.passed])
        await checker.endAll()
        #expect(probe.open.isEmpty)
    }

    @Test func whatItKnewIsNotForgotten() async throws {
        let checker = checker()
        checker.begin(target("web-000001", hasPassed: true) { $0.startPeriodSeconds = 1000 }, said.append)
        try await end("web-000001", .passed)
        try await end("web-000001", .failed("no"))
        try await end("web-000001", .failed("no"))
        try #require(try await eventually { !said.all.isEmpty })
        #expect(said.all == [.failed("no (2 failed checks in a row)")])
        await checker.endAll()
    }

    /// A thousand replicas, each of which would be looked at ten times a second, and a target that answers when it likes.
    @Test func aThousandNeverPileUp() async throws {
        let checker = checker()
        let ids = (0..<1000).map { ReplicaID(service: "web", fence: Fence(rawValue: $0)) }
        for id in ids { checker.begin(target(id)) { _ in } }
        var ended = 0
        while ended < 5000 {
            // Not before all places are taken: what is due waits in the schedule, not as a check.
            if ended == 0 { try #require(try await eventually { probe.open.count == 64 }) }
            try #require(try await eventually { probe.end(nil, .passed) })
            ended += 1
        }
        #expect(probe.most <= 64)
        let counts = ids.map { probe.counts[$0] ?? 0 }
        let least = counts.min() ?? 0
        let most = counts.max() ?? 0
        #expect(least > 0 && most <= 2 * least + 2, "as the schedule promises: \(least) to \(most)")
        await checker.endAll()
        #expect(probe.open.isEmpty)
    }
}

/// What a checker said, in order.
final class SaidLog: Sendable {
    private let said = Mutex<[HealthMachine.Event]>([])

    var all: [HealthMachine.Event] { said.withLock { $0 } }

    func append(_ one: HealthMachine.Event) {
        said.withLock { $0.append(one) }
    }
}
