import OrionCore
import OrionScheduler
import OrionStore
import OrionTesting
import ServiceLifecycle
import Testing

@testable import OrionControlPlane

@Suite struct ControlPlaneTests {
    let script = Script()
    let store = FaultyStore(MemoryStore())
    let full = StoreError(.full, "no room")

    /// Options with which a commit may hang for as long as a test holds it.
    static let patient = {
        var options = ControlPlaneOptions()
        options.commitPatienceSeconds = 3600
        return options
    }()

    /// Runs a control plane until the body has returned, then stops it gracefully.
    func run(
        options: ControlPlaneOptions = patient, _ body: (ControlPlane) async throws -> Void
    ) async throws {
        var options = options
        options.probeIntervalSeconds = 0.02
        let plane = ControlPlane(store: store, options: options, logger: quiet, judge: script.judge)
        let group = ServiceGroup(services: [plane], logger: quiet)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            do {
                try await plane.started()
                try await body(plane)
            } catch {
                store.release()
                await group.triggerGracefulShutdown()
                throw error
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    /// The code of the error that a request gets.
    func refusal(of name: ServiceName, by plane: ControlPlane) async -> OrionError.Code? {
        do {
            _ = try await plane.perform(.restart(name))
            return nil
        } catch {
            return error.code
        }
    }

    @Test func answersOnceDurable() async throws {
        try await run { plane in
            #expect(plane.availability == .available)
            let answer = try await plane.perform(.restart("web"))
            guard case .forgotten("web") = answer else { throw TestFailure("\(answer)") }
            #expect(store.commits == 1)
            #expect(try await store.load().configurations.map(\.name) == ["web"])
            #expect(await refusal(of: "refused", by: plane) == .notFound)
            #expect(store.commits == 1)
        }
    }

    @Test func showsEachStateUntilTheEnd() async throws {
        var states: AsyncStream<ClusterState>?
        try await run { plane in
            states = plane.snapshots
            _ = try await plane.perform(.restart("web"))
        }
        var count = 0
        for await _ in try #require(states) { count += 1 }
        #expect(count == 1, "the newest, for one who reads late")
    }

    @Test func aStormOfRequestsIsOneCommit() async throws {
        store.inject(.waits, at: 1)
        try await run { plane in
            try await withThrowingTaskGroup(of: Void.self) { callers in
                callers.addTask { _ = try await plane.perform(.restart("first")) }
                try await eventually { store.commits == 1 }
                for number in 1...1_000 {
                    callers.addTask { _ = try await plane.perform(.restart(ServiceName(rawValue: "web-\(number)"))) }
                }
                try await eventually { plane.waiting == 1_000 }
                store.release()
                try await callers.waitForAll()
            }
            #expect(store.commits == 2)
            #expect(try await store.load().configurations.count == 1_001)
        }
    }

    @Test func refusesClientsAndPausesAgentsWhenTheMailboxIsFull() async throws {
        store.inject(.waits, at: 1)
        var options = Self.patient
        options.mailboxLimit = 10
        try await run(options: options) { plane in
            let agent = InProcessAgent("a", of: plane)
            agent.connect()
            try await withThrowingTaskGroup(of: Void.self) { callers in
                callers.addTask { _ = try await plane.perform(.restart("first")) }
                try await eventually { store.commits == 1 && plane.waiting == 0 }
                for number in 1...10 {
                    callers.addTask { _ = try await plane.perform(.restart(ServiceName(rawValue: "web-\(number)"))) }
                }
                try await eventually { plane.waiting == 10 }
                #expect(await refusal(of: "late", by: plane) == .unavailable)
                #expect(agent.isPaused)
                store.release()
                try await callers.waitForAll()
            }
            try await eventually { !agent.isPaused }
            _ = try await plane.perform(.restart("again"))
        }
    }

    @Test func healsByItselfAfterAFailedCommit() async throws {
        try await run { plane in
            let agent = InProcessAgent("a", of: plane)
            agent.connect()
            _ = try await plane.perform(.restart("before"))
            let before = try await store.load()
            store.setOutage(full)
            #expect(await refusal(of: "web", by: plane) == .unavailable)
            #expect(await refusal(of: "web", by: plane) == .unavailable)
            #expect(plane.availability == .unavailable(reason: "the state cannot be written: no room"))
            #expect(agent.isPaused)
            // Read before the pause.
            for number in 1...3 { agent.say(Script.status(ReplicaID(rawValue: "web-\(number)"))) }
            try await eventually { store.probes >= 2 }
            #expect(agent.messages.isEmpty)
            #expect(try await store.load() == before)
            store.setOutage(nil)
            try await eventually { plane.availability == .available && agent.messages.count == 3 }
            #expect(script.statuses == ["web-1", "web-2", "web-3"])
            #expect(!agent.isPaused)
            _ = try await plane.perform(.restart("after"))
        }
    }

    @Test func takesAgainWhatAgentsSaidInAFailedCommit() async throws {
        try await run { plane in
            let agent = InProcessAgent("a", of: plane)
            agent.connect()
            try await eventually { script.events.count == 1 }
            store.setOutage(full)
            agent.say(Script.status("web-1"))
            agent.say(Script.status("web-2"))
            try await eventually { plane.availability != .available && store.probes >= 1 }
            store.setOutage(nil)
            try await eventually { agent.messages.count == 2 }
            #expect(script.statuses.suffix(2) == ["web-1", "web-2"])
            try await eventually { plane.availability == .available }
        }
    }

    @Test(arguments: [true, false])
    func repeatsACommitWhoseOutcomeWasLost(isTaken: Bool) async throws {
        store.inject(.losesOutcome(isTaken: isTaken), at: 1)
        try await run { plane in
            #expect(await refusal(of: "web", by: plane) == .unavailable)
            // The caller is refused a moment before the plane counts as unavailable.
            try await eventually { store.commits > 1 && plane.availability == .available }
            #expect(store.commits == 2)
            #expect(try await store.load().configurations.map(\.name) == ["web"])
        }
    }

    @Test func refusesClientsWhileACommitHangs() async throws {
        store.inject(.waits, at: 2)
        var options = ControlPlaneOptions()
        options.commitPatienceSeconds = 0.05
        try await run(options: options) { plane in
            let agent = InProcessAgent("a", of: plane)
            agent.connect()
            _ = try await plane.perform(.restart("before"))
            try await withThrowingTaskGroup(of: Void.self) { callers in
                // Part of the commit: it must not be answered before its outcome is known.
                callers.addTask { _ = try await plane.perform(.restart("first")) }
                try await eventually { store.commits == 2 }
                // Not part of it: its outcome is known, it was not taken.
                #expect(await refusal(of: "second", by: plane) == .unavailable)
                let reason = "a commit has not ended for 0.05 s: look at the disk and the system's log"
                #expect(plane.availability == .unavailable(reason: "the state cannot be written: \(reason)"))
                #expect(await refusal(of: "third", by: plane) == .unavailable)
                #expect(agent.isPaused)
                store.release()
                try await callers.waitForAll()
            }
            try await eventually { plane.availability == .available && !agent.isPaused }
            _ = try await plane.perform(.restart("after"))
            #expect(try await store.load().configurations.map(\.name) == ["after", "before", "first"])
        }
    }

    @Test func staysUnavailableWhereACommitThatHungFails() async throws {
        store.inject(.waitsThenFails(full), at: 1)
        var options = ControlPlaneOptions()
        options.commitPatienceSeconds = 0.05
        try await run(options: options) { plane in
            try await withThrowingTaskGroup(of: OrionError.Code?.self) { callers in
                callers.addTask { await refusal(of: "first", by: plane) }
                try await eventually { plane.availability != .available }
                store.setOutage(full)
                store.release()
                #expect(try await callers.next() == .unavailable)
            }
            try await eventually { store.probes >= 2 }
            #expect(plane.availability == .unavailable(reason: "the state cannot be written: no room"))
            store.setOutage(nil)
            try await eventually { plane.availability == .available }
            _ = try await plane.perform(.restart("after"))
            #expect(try await store.load().configurations.map(\.name) == ["after"])
        }
    }

    /// A deadline that is looked at belongs to the commit of that time, not to the first one.
    @Test func manyShortCommitsAreNotOneLongOne() async throws {
        var options = ControlPlaneOptions()
        options.commitPatienceSeconds = 0.05
        try await run(options: options) { plane in
            let clock = ContinuousClock()
            let end = clock.now + .milliseconds(300)
            while clock.now < end { _ = try await plane.perform(.restart("web")) }
            #expect(plane.availability == .available)
        }
    }

    @Test func standsStillWhileACommitTakesLong() async throws {
        store.inject(.waits, at: 1)
        try await run { plane in
            try await withThrowingTaskGroup(of: Void.self) { callers in
                callers.addTask { _ = try await plane.perform(.restart("first")) }
                try await eventually { store.commits == 1 }
                let before = plane.now
                let clock = ContinuousClock()
                let start = clock.now
                try await eventually { clock.now - start > .seconds(1.2) }
                #expect(plane.now.seconds(since: before) <= 0.5)
                #expect(plane.instant(secondsAgo: 0) == plane.now)
                store.release()
                try await callers.waitForAll()
            }
        }
    }

    @Test func finishesWhatItTookInWhenStopped() async throws {
        store.inject(.waits, at: 1)
        let plane = ControlPlane(
            store: store, options: Self.patient, logger: quiet, judge: script.judge)
        let group = ServiceGroup(services: [plane], logger: quiet)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            try await plane.started()
            let agent = InProcessAgent("a", of: plane)
            agent.connect()
            tasks.addTask { _ = try await plane.perform(.restart("first")) }
            try await eventually { store.commits == 1 }
            tasks.addTask { _ = try await plane.perform(.restart("second")) }
            try await eventually { plane.waiting == 1 }
            await group.triggerGracefulShutdown()
            try await eventually { plane.availability != .available }
            #expect(await refusal(of: "late", by: plane) == .unavailable)
            store.release()
            try await tasks.waitForAll()
            #expect(agent.closures == [1001])
            #expect(try await store.load().configurations.map(\.name) == ["first", "second"])
            let late = InProcessAgent("b", of: plane)
            late.connect()
            #expect(late.closures == [1001])
        }
    }

    @Test func stopsWhileNothingCanBeWritten() async throws {
        try await run { plane in
            store.setOutage(full)
            #expect(await refusal(of: "web", by: plane) == .unavailable)
        }
    }

    @Test func saysWhyItCannotStart() async throws {
        let broken = BrokenStore()
        let plane = ControlPlane(store: broken, logger: quiet)
        #expect(plane.availability != .available)
        await #expect(throws: StoreError.self) { try await plane.run() }
        let error = await #expect(throws: OrionError.self) { try await plane.started() }
        #expect(error?.message.contains("it is damaged") == true)
        #expect(await refusal(of: "web", by: plane) == .unavailable)
    }

    @Test func isCancelledLikeStopped() async throws {
        let plane = ControlPlane(store: store, options: Self.patient, logger: quiet, judge: script.judge)
        let task = Task { try await plane.run() }
        try await plane.started()
        task.cancel()
        try await task.value
        #expect(plane.availability != .available)
    }
}

private struct BrokenStore: StateStore {
    func load() async throws(StoreError) -> StoredState { throw StoreError(.damaged, "it is damaged") }
    func commit(_ changes: [StateChange]) async throws(StoreError) {}
    func probe() async throws(StoreError) {}
    func close() async {}
}
