import OrionCore
import OrionScheduler
import OrionStore
import Testing

@testable import OrionControlPlane

@Suite struct EngineMachineTests {
    var random: any RandomNumberGenerator = SystemRandomNumberGenerator()
    var machine: EngineMachine
    let script = Script()
    let full = Result<Void, StoreError>.failure(StoreError(.full, "no room"))
    let unknown = Result<Void, StoreError>.failure(StoreError(.unknownOutcome, "lost"))

    init() throws {
        let stored = StoredState(cluster: StoredCluster(clusterId: "test"))
        machine = EngineMachine(
            state: try ClusterState(loading: stored, options: ReconcilerOptions(), now: Self.now), judge: script.judge)
    }

    static let now = Moment(monotonic: .start, wall: Timestamp(milliseconds: 0))

    func request(_ number: UInt64, _ name: ServiceName = "web") -> Event {
        .request(RequestID(rawValue: number), .restart(name))
    }

    func status(_ replica: ReplicaID) -> Event { .session(SessionID(rawValue: 7), Script.status(replica)) }

    let heartbeat = Event.session(
        SessionID(rawValue: 7),
        .heartbeat(
            Heartbeat(timestamp: Timestamp(milliseconds: 0), metrics: Usage(cpu: 0, memory: 0)),
            receivedAt: Timestamp(milliseconds: 0)))

    mutating func step(_ events: [Event]) -> [String] {
        machine.step(events, now: Self.now, random: &random).map(\.description)
    }

    mutating func committed(_ outcome: Result<Void, StoreError> = .success(())) -> [String] {
        machine.committed(outcome).map(\.description)
    }

    @Test mutating func commitsNothingWhereNothingChanges() {
        #expect(step([heartbeat]) == ["publish"])
        #expect(machine.isReady)
        #expect(machine.nextDeadline == Instant.start.advanced(bySeconds: 30))
    }

    @Test func aDeadlineThatHasPassedDoesNotSpin() throws {
        let judge: EngineMachine.Judgement = { _, _, now, _ in
            var decision = Decision()
            decision.nextDeadline = now.monotonic
            return decision
        }
        var machine = EngineMachine(state: machine.state, judge: judge)
        var random = random
        _ = machine.step([], now: Self.now, random: &random)
        #expect(try #require(machine.nextDeadline) > .start)
    }

    @Test mutating func commitsThenPublishesThenSendsThenAnswersThenLogs() {
        #expect(step([request(1), status("a"), request(2)]) == ["commit 3"])
        #expect(!machine.isReady)
        #expect(committed() == ["publish", "send to 7", "answer 1", "answer 2", "log", "log"])
        #expect(machine.isReady)
    }

    @Test mutating func refusesWhatIsRefusedAndWhatNobodyDecided() {
        let effects = step([request(1, "refused"), request(2, "forgotten")])
        #expect(effects == ["publish", "refuse 1 notFound", "refuse 2 unavailable"])
    }

    @Test mutating func aFailedCommitRefusesClientsAndKeepsWhatAgentsSaid() {
        #expect(step([status("a"), request(1), status("b"), heartbeat, request(2)]) == ["commit 4"])
        #expect(committed(full) == ["refuse 1 unavailable", "refuse 2 unavailable", "suspend full"])
        #expect(!machine.isReady)
        #expect(machine.nextDeadline == nil)
        #expect(machine.retained.count == 3)
        #expect(machine.retry().map(\.description) == ["probe"])
        #expect(machine.probed(full).map(\.description) == ["suspend full"])
        #expect(machine.retry().map(\.description) == ["probe"])
        // Not before what agents said is stored.
        #expect(machine.probed(.success(())).isEmpty)
        #expect(machine.isReady)
        #expect(step([status("c")]) == ["commit 3"])
        #expect(script.statuses == ["a", "b", "a", "b", "c"])
        #expect(committed() == ["publish", "send to 7", "send to 7", "send to 7", "resume"])
        #expect(machine.retained.isEmpty)
    }

    @Test mutating func goesOnAfterAProbeWhereNothingWasRetained() {
        #expect(step([request(1)]) == ["commit 1"])
        #expect(committed(full) == ["refuse 1 unavailable", "suspend full"])
        _ = machine.retry()
        #expect(machine.probed(.success(())).map(\.description) == ["resume"])
        #expect(step([request(2)]) == ["commit 1"])
        #expect(committed() == ["publish", "answer 2", "log"])
    }

    @Test mutating func keepsTheOrderOverSeveralFailures() {
        #expect(step([status("a"), status("b")]) == ["commit 2"])
        #expect(committed(full) == ["suspend full"])
        for _ in 0..<3 {
            _ = machine.retry()
            #expect(machine.probed(.success(())).isEmpty)
            #expect(step([]) == ["commit 2"])
            #expect(committed(full) == ["suspend full"])
        }
        #expect(script.statuses == ["a", "b", "a", "b", "a", "b", "a", "b"])
    }

    @Test mutating func commitsAgainWhatMayHaveBeenTaken() {
        #expect(step([request(1), status("a")]) == ["commit 2"])
        #expect(committed(unknown) == ["refuse 1 unavailable", "suspend unknownOutcome"])
        #expect(machine.retry().map(\.description) == ["commit 2"])
        // It may still have been taken the first time.
        #expect(committed(full) == ["suspend full"])
        #expect(machine.retry().map(\.description) == ["commit 2"])
        #expect(committed() == ["publish", "send to 7", "resume", "log"])
        #expect(script.statuses == ["a"])
        #expect(machine.isReady)
    }
}
