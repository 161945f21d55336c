import OrionCore
import Testing

@testable import orion

@Suite struct EvidenceTests {
    private var failed: ReplicaRecord {
        var replica = ReplicaRecord(state: .backoff)
        (replica.replicaId, replica.node, replica.restarts, replica.exitCode) = ("web-000003", "alpha", 4, 3)
        replica.lastLines = LastLines(stdout: ["listening"], stderr: ["no such table \u{1B}[31musers"])
        return replica
    }

    @Test func `each replica is followed by what it wrote last, and nothing of that reaches the terminal's state`() {
        var other = failed
        (other.replicaId, other.exitCode, other.signal, other.lastLines) = ("web-000004", nil, "SIGKILL", nil)
        let evidence = Evidence(replicas: [failed, other, pendingReplica("no node has 8 cores free")])
        #expect(
            evidence.lines(Style(isColored: false)) == [
                "REPLICA     STATE    NODE   RESTARTS  MESSAGE",
                "web-000003  backoff  alpha         4  exit status 3",
                "  stdout | listening",
                "  stderr | no such table \u{FFFD}[31musers",
                "web-000004  backoff  alpha         4  ended by SIGKILL",
                "-           pending  -             -  no node has 8 cores free",
            ])
    }

    @Test func `only a rollout that was waited for is shown`() {
        var record = record(generation: 3, rollout: .rolledBack)
        record.status.rollout.generation = 2
        record.status.rollout.evidence = [failed]
        #expect(Expectation(service: "web", generation: 2).failure(of: record)?.replicas == [failed])
        #expect(Expectation(service: "web", generation: 3).failure(of: record) == nil)
        #expect(Expectation(service: "web", generation: nil).failure(of: record) == nil)
        record.status.rollout.evidence = nil
        #expect(Expectation(service: "web", generation: 2).failure(of: record) == nil)
    }
}
