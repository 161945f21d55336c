import OrionControlPlane
import OrionCore
import OrionScheduler
import OrionStore
import OrionTesting
import Testing

/// The whole judgement, with agents in the same process and real state files.
@Suite struct ScenarioTests {
    let folder: TestFolder

    init() throws { folder = try TestFolder() }

    func openStore() throws -> FaultyStore { FaultyStore(try SQLiteStore.open(path: folder.file("state.sqlite"))) }

    /// Runs a control plane on a store until the body has returned.
    func run(
        _ store: any StateStore, timeoutSeconds: Double = 10, _ body: (ControlPlane) async throws -> Void
    ) async throws {
        var options = ControlPlaneOptions(
            reconciler: ReconcilerOptions(
                heartbeatIntervalSeconds: timeoutSeconds / 2, heartbeatTimeoutSeconds: timeoutSeconds))
        options.probeIntervalSeconds = 0.02
        let plane = ControlPlane(store: store, options: options, logger: quiet)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await plane.run() }
            try await plane.started()
            try await body(plane)
            tasks.cancelAll()
            try await tasks.waitForAll()
        }
    }

    func apply(_ services: [(name: String, replicas: Int)], to plane: ControlPlane) async throws {
        var config = OrionConfig()
        config.spec.services = services.map { name, replicas in
            var specification = ServiceSpecification(name: ServiceName(rawValue: name))
            specification.replicas = replicas
            return specification
        }
        _ = try await plane.perform(.apply(Request.Apply(config: config)))
    }

    func agents(_ count: Int, of plane: ControlPlane, like earlier: [InProcessAgent] = []) -> [InProcessAgent] {
        (0..<count).map { index in
            let agent = InProcessAgent(
                NodeID(rawValue: "node-\(index)"), of: plane,
                records: index < earlier.count ? earlier[index].records : [:])
            agent.connect()
            return agent
        }
    }

    func ready(_ service: ServiceName, in plane: ControlPlane) -> Int {
        plane.snapshot.serviceRecord(service)?.status.observed.ready ?? 0
    }

    @Test func whatIsDeclaredRuns() async throws {
        let store = try openStore()
        try await run(store) { plane in
            let agents = agents(3, of: plane)
            try await apply([("web", 9)], to: plane)
            try await eventually { ready("web", in: plane) == 9 }
            #expect(agents.map(\.started.count) == [3, 3, 3])
            try await apply([("web", 9)], to: plane)
            let commits = store.commits
            let time = Timestamp(milliseconds: 1)
            let heartbeat = Heartbeat(timestamp: time, metrics: Usage(cpu: 1, memory: 1))
            for agent in agents { agent.say(.heartbeat(heartbeat, receivedAt: time)) }
            try await eventually { plane.snapshot.nodeRecords().allSatisfy { $0.metrics != nil } }
            try await apply([("web", 9)], to: plane)
            #expect(store.commits == commits, "nothing has changed")
        }
    }

    @Test(arguments: [true, false])
    func aRestartLaunchesNothingTwice(speaksProtocol: Bool) async throws {
        var records: [ReplicaID: ReplicaStatus] = [:]
        try await run(try openStore()) { plane in
            let agent = InProcessAgent("node", of: plane, speaksProtocol: speaksProtocol)
            agent.connect()
            try await apply([("web", 5)], to: plane)
            try await eventually { ready("web", in: plane) == 5 }
            records = agent.records
        }
        let store = try openStore()
        try await run(store) { plane in
            let agent = InProcessAgent("node", of: plane, speaksProtocol: speaksProtocol, records: records)
            agent.connect()
            try await eventually { plane.snapshot.nodeRecords().first?.connected == true }
            try await apply([("web", 6)], to: plane)
            try await eventually { ready("web", in: plane) == 6 }
            #expect(agent.started.count == 1)
            #expect(records[agent.started[0]] == nil)
            #expect(plane.snapshot.serviceRecord("web")?.status.instances.count == 6)
        }
    }

    @Test func whatALostNodeRanRunsElsewhere() async throws {
        try await run(try openStore(), timeoutSeconds: 0.2) { plane in
            let agents = agents(3, of: plane)
            try await apply([("web", 6)], to: plane)
            try await eventually { ready("web", in: plane) == 6 }
            agents[0].disconnect()
            try await eventually { agents[1].started.count == 3 && agents[2].started.count == 3 }
            try await eventually { ready("web", in: plane) == 6 }
            agents[0].connect()
            try await eventually { agents[0].records.isEmpty }
            #expect(ready("web", in: plane) == 6)
        }
    }

    /// The node's connection is gone for longer than the timeout, but so was the control plane's disk.
    @Test func anOutageOfTheStoreCostsNoNode() async throws {
        let store = try openStore()
        try await run(store, timeoutSeconds: 1.5) { plane in
            let agents = agents(2, of: plane)
            try await apply([("web", 4)], to: plane)
            try await eventually { ready("web", in: plane) == 4 }
            store.setOutage(StoreError(.full, "no room"))
            await #expect(throws: OrionError.self) { try await apply([("other", 1)], to: plane) }
            agents[0].disconnect()
            let clock = ContinuousClock()
            let start = clock.now
            try await eventually { clock.now - start > .seconds(2) }
            agents[0].connect()
            #expect(agents[0].isPaused)
            store.setOutage(nil)
            try await eventually { !agents[0].isPaused }
            try await apply([("other", 2)], to: plane)
            try await eventually { ready("other", in: plane) == 2 }
            #expect(agents.map(\.started.count) == [3, 3])
            #expect(ready("web", in: plane) == 4)
        }
    }

    /// The control plane ends after the commit and before it could send anything.
    @Test func aCrashBetweenCommitAndSendIsHealedByTheNextHello() async throws {
        let first = try openStore()
        first.inject(.losesOutcome(isTaken: true), at: 2)
        var agent: InProcessAgent?
        try await run(first) { plane in
            agent = agents(1, of: plane)[0]
            try await eventually { first.commits == 1 }
            first.setOutageAfterNextCommit(StoreError(.full, "no room"))
            await #expect(throws: OrionError.self) { try await apply([("web", 3)], to: plane) }
            #expect(agent?.started.isEmpty == true)
        }
        try await run(try openStore()) { plane in
            let again = agents(1, of: plane)[0]
            try await eventually { ready("web", in: plane) == 3 }
            #expect(Set(again.started).count == 3)
            #expect(again.started.count == 3)
        }
    }

    @Test func aStormOfAppliesTakesFewCommits() async throws {
        let store = try openStore()
        try await run(store) { plane in
            let agents = agents(3, of: plane)
            try await withThrowingTaskGroup(of: Void.self) { callers in
                for number in 1...500 { callers.addTask { try await apply([("web-\(number)", 1)], to: plane) } }
                try await callers.waitForAll()
            }
            try await eventually { plane.snapshot.serviceRecords().allSatisfy { $0.status.observed.ready == 1 } }
            #expect(agents.map(\.started.count).reduce(0, +) == 500)
            #expect(store.commits < 250)
        }
    }

    /// Applies from many callers while commits fail, outcomes are lost and control planes come and go: what was
    /// acknowledged is there in the end, and no replica was ever started twice.
    @Test(arguments: [UInt64.random(in: 0...UInt64.max), 1])
    func nothingAcknowledgedIsLost(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        var acknowledged: [ServiceName: Int] = [:]
        var earlier: [InProcessAgent] = []
        var started: [ReplicaID] = []
        // More with each round, so that a later apply that was taken without an answer does not hide a lost one.
        var replicas = 0
        for _ in 0..<6 {
            let store = try openStore()
            for commit in 1...200 where Int.random(in: 0..<6, using: &random) == 0 {
                let isTaken = Bool.random(using: &random)
                let isLost = Bool.random(using: &random)
                store.inject(isLost ? .losesOutcome(isTaken: isTaken) : .fails(StoreError(.full, "full")), at: commit)
            }
            let rounds = Int.random(in: 1...8, using: &random)
            try await run(store) { plane in
                let agents = agents(3, of: plane, like: earlier)
                for _ in 0..<rounds {
                    replicas += 1
                    let wanted = replicas
                    try await withThrowingTaskGroup(of: (ServiceName, Int)?.self) { callers in
                        for number in 1...5 {
                            callers.addTask {
                                do {
                                    try await apply([("web-\(number)", wanted)], to: plane)
                                    return (ServiceName(rawValue: "web-\(number)"), wanted)
                                } catch {
                                    guard (error as? OrionError)?.code == .unavailable else { throw error }
                                    return nil
                                }
                            }
                        }
                        for try await case (let name, let replicas)? in callers { acknowledged[name] = replicas }
                    }
                    try await eventually { plane.availability == .available }
                }
                earlier = agents
            }
            started += earlier.flatMap(\.started)
        }
        #expect(Set(started).count == started.count, "seed \(seed)")
        try await run(try openStore()) { plane in
            let agents = agents(3, of: plane, like: earlier)
            try await eventually {
                plane.snapshot.serviceRecords().allSatisfy {
                    $0.status.observed.ready == $0.specification.value.replicas
                }
            }
            for (name, replicas) in acknowledged {
                let record = try #require(plane.snapshot.serviceRecord(name), "seed \(seed)")
                #expect(record.specification.value.replicas >= replicas, "seed \(seed)")
            }
            #expect(!acknowledged.isEmpty)
            started += agents.flatMap(\.started)
            #expect(Set(started).count == started.count, "seed \(seed)")
        }
    }
}
