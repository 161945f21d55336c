import OrionCore
import Testing

@testable import orion

@Suite struct ReplicaTableTests {
    @Test func `a running replica shows where it is, a pending one what it waits for`() {
        var running = ReplicaRecord(state: .ready)
        running.replicaId = "web-000001"
        running.node = "alpha"
        running.address = "10.0.0.1"
        running.ports = ["http": 4000]
        running.restarts = 2
        running.startedAt = Timestamp(milliseconds: 0)
        let service = record(instances: [running, pendingReplica("no node has 8 cores free")])
        let table = Table(replicasOf: [service], now: Timestamp(milliseconds: 200_000), isWide: false)
        #expect(
            table.lines(Style(isColored: false)) == [
                "REPLICA     SERVICE  STATE    NODE   ADDRESS        RESTARTS  AGE  MESSAGE",
                "web-000001  web      ready    alpha  10.0.0.1:4000         2   3m",
                "-           web      pending  -      -                     -    -  no node has 8 cores free",
            ])
    }

    @Test func `an ended replica without a message says how it ended`() {
        var replica = ReplicaRecord(state: .backoff)
        replica.exitCode = 3
        #expect(replica.explanation == "exit status 3")
        replica.signal = "SIGKILL"
        #expect(replica.explanation == "ended by SIGKILL")
    }
}
