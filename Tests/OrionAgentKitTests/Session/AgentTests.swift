import Glibc
import Logging
import OrionCore
import OrionWS
import ServiceLifecycle
import Testing

@testable import OrionAgentKit

@Suite struct AgentTests {
    let folder: TestFolder
    let plane = FakeControlPlane()

    init() throws {
        folder = try TestFolder()
        mkdir(folder.path("work"), 0o755)
    }

    // MARK: - Fixtures

    /// Runs an agent while `body` runs; `end` ends it gracefully, and `body` may wait for that.
    func withAgent(
        _ addresses: [ControlPlaneAddress], _ change: (inout AgentConfiguration) -> Void = { _ in },
        _ body: @Sendable @escaping (_ end: @Sendable () async -> Void) async throws -> Void
    ) async throws {
        var configuration = AgentConfiguration()
        configuration.controlPlanes = addresses
        configuration.nodeID = "n1"
        configuration.name = "one"
        configuration.workspaceRoot = folder.path("work")
        configuration.dataDirectory = folder.path("data")
        configuration.labels = ["zone": "a"]
        change(&configuration)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [
                    .init(
                        service: Agent(configuration: configuration, logger: logger),
                        successTerminationBehavior: .gracefullyShutdownGroup)
                ], logger: logger))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            tasks.addTask {
                let end: @Sendable () async -> Void = { await group.triggerGracefulShutdown() }
                // A body that fails ends the agent, too: the group waits for that.
                do {
                    try await body(end)
                } catch {
                    await end()
                    throw error
                }
                await end()
            }
            try await tasks.waitForAll()
        }
    }

    func launch(_ id: ReplicaID, _ script: String, _ change: (inout ServiceSpecification) -> Void = { _ in })
        -> ControlMessage
    {
        var service = ServiceSpecification(name: "web")
        service.command = .arguments(["/bin/sh", "-c", script])
        service.restart.initialDelaySeconds = 0.01
        service.stop.gracePeriodSeconds = 5
        change(&service)
        return .launch(
            Launch(service: SharedSpecification(service), replicaId: id, generation: 1, fence: Fence(rawValue: 1)))
    }

    func stop(_ id: ReplicaID) -> ControlMessage {
        .stop(Stop(serviceName: "web", replicaId: id))
    }

    // MARK: - Tests

    @Test func launchesReportsStopsAndLeaves() async throws {
        let plane = self.plane
        try await plane.serve { address in
            try await withAgent([address]) { end in
                try await plane.wait("hello") { !plane.hellos.isEmpty }
                let hello = try #require(plane.hellos.first)
                #expect(hello.nodeId == "n1")
                #expect(hello.name == "one")
                #expect(hello.protocol == 1)
                #expect(hello.instanceId?.isEmpty == false)
                #expect(hello.labels["zone"] == "a")
                #expect(hello.labels["os"] == "linux")
                #expect(hello.replicas == [])
                #expect((hello.capacity?.memory ?? 0) > 64)
                #expect((hello.capacity?.cpu ?? 0) >= 1)
                plane.say(launch("web-000001", "exec sleep 7654"))
                plane.say(launch("web-000002", "exec sleep 7654"))
                try await plane.wait(for: .ready, "web-000001")
                try await plane.wait(for: .ready, "web-000002")
                plane.say(stop("web-000001"))
                try await plane.wait(for: .stopped, "web-000001")
                plane.say(.sync)
                try await plane.wait("second hello") { plane.hellos.count == 2 }
                #expect(plane.hellos[1].replicas?.map(\.state) == [.stopped, .ready])
                #expect(plane.hellos[1].instanceId == hello.instanceId)
                await end()
                try await plane.wait("goodbye") { plane.heard.contains(.goodbye) }
                let end = plane.heard.drop { $0 != .leaving }.compactMap { message -> String? in
                    switch message {
                    case .leaving: "leaving"
                    case .goodbye: "goodbye"
                    case .status(let status): "\(status.replicaId) \(status.state.rawValue)"
                    default: nil
                    }
                }
                #expect(end == ["leaving", "web-000002 stopping", "web-000002 stopped", "goodbye"])
                try await plane.wait("close") { plane.closures.last?.code == 1000 }
            }
        }
    }

    @Test func aLeaseIsNoOlderThanItsReplica() async throws {
        let plane = FakeControlPlane(welcome: FakeControlPlane.welcome(interval: 0.5))
        try await plane.serve { address in
            try await withAgent([address]) { _ in
                // Nothing was there that pings were needed for.
                try await plane.wait("heartbeats") { plane.heartbeats.count > 4 }
                plane.say(launch("web-000001", "exec sleep 7654") { $0.disconnect.stopAfterSeconds = 1 })
                try await plane.wait(for: .ready)
                try await plane.wait("heartbeats") { plane.heartbeats.count > 8 }
                #expect(plane.statuses.last?.state == .ready)
            }
        }
    }

    @Test func aReplicaIsStoppedOnceNoControlPlaneAnswers() async throws {
        let plane = FakeControlPlane(welcome: FakeControlPlane.welcome(interval: 0.5))
        try await plane.serve { address in
            try await withAgent([address]) { _ in
                try await plane.wait("hello") { !plane.hellos.isEmpty }
                plane.say(launch("web-000001", "exec sleep 7654") { $0.disconnect.stopAfterSeconds = 3 })
                try await plane.wait(for: .ready)
                // Four seconds and more: pings are answered.
                try await plane.wait("heartbeats") { plane.heartbeats.count > 9 }
                #expect(plane.statuses.last?.state == .ready)
                plane.change(welcome: nil)
                plane.hangUp(code: 1001)
                // As a status, or in the hello of an agent that came back later than that.
                try await plane.wait("stopped") { plane.lastSaid?.state == .stopped }
                let said = try #require(plane.lastSaid)
                #expect(said.message == "stopped: no control plane for 3.0 s (disconnect.stopAfterSeconds)")
            }
        }
    }

    @Test func beatsWithADigest() async throws {
        let plane = FakeControlPlane(welcome: FakeControlPlane.welcome(interval: 0.1))
        try await plane.serve { address in
            try await withAgent([address]) { _ in
                try await plane.wait("heartbeat") { !plane.heartbeats.isEmpty }
                plane.say(launch("web-000001", "while :; do :; done"))
                try await plane.wait(for: .ready)
                var digest = ReplicaDigest()
                digest.toggle("web-000001", .ready)
                try await plane.wait("digest") {
                    plane.heartbeats.last?.digest == digest.description
                        && (plane.heartbeats.last?.replicas?["web-000001"]?.cpu ?? 0) > 5
                }
                let last = try #require(plane.heartbeats.last)
                #expect((last.replicas?["web-000001"]?.memory ?? 0) > 100_000)
                #expect(last.metrics.cpu > 0)
                #expect(last.metrics.memory > 1_000_000)
                #expect(last.timestamp.milliseconds > 1_600_000_000_000)
            }
        }
    }

    @Test(arguments: [1000, 1001, 4400, 4409, 4413] as [UInt16]) func comesBackAfterEveryClose(_ code: UInt16)
        async throws
    {
        let plane = self.plane
        try await plane.serve { address in
            try await withAgent([address]) { _ in
                try await plane.wait("hello") { plane.hellos.count == 1 }
                plane.say(launch("web-000001", "exec sleep 7654"))
                try await plane.wait(for: .ready)
                plane.hangUp(code: code)
                try await plane.wait("second hello") { plane.hellos.count == 2 }
                #expect(plane.hellos[1].replicas?.map(\.state) == [.ready])
                #expect(plane.hellos[1].replicas?.first?.restarts == 0)
            }
        }
    }

    @Test func keepsReplicasOfAnotherClusterRunning() async throws {
        let plane = self.plane
        try await plane.serve { address in
            try await withAgent([address]) { _ in
                try await plane.wait("hello") { plane.hellos.count == 1 }
                plane.say(launch("web-000001", "exec sleep 7654"))
                try await plane.wait(for: .ready)
                plane.change(welcome: FakeControlPlane.welcome("c2"))
                plane.hangUp(code: 1001)
                try await plane.wait("second hello") { plane.hellos.count == 2 }
                plane.say(stop("web-000001"))
                try await plane.wait("disconnected") { plane.closures.last?.reason.contains("cluster c1") == true }
                plane.change(welcome: FakeControlPlane.welcome("c1"))
                try await plane.wait("back") {
                    plane.hellos.count > 2 && plane.hellos.last?.replicas?.map(\.state) == [.ready]
                }
            }
        }
    }

    @Test func findsTheControlPlaneThatIsThere() async throws {
        let plane = self.plane
        try await plane.serve { address in
            let dead = try ControlPlaneAddress("ws://127.0.0.1:1/ws")
            try await withAgent([dead, dead, address]) { _ in
                try await plane.wait("hello") { plane.hellos.count == 1 }
            }
        }
    }

    @Test func cancellationLeavesTheReplicasToTheNextAgent() async throws {
        let plane = self.plane
        try await plane.serve { address in
            var configuration = AgentConfiguration()
            configuration.controlPlanes = [address]
            configuration.workspaceRoot = folder.path("work")
            configuration.dataDirectory = folder.path("data")
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let agent = Agent(configuration: configuration, logger: logger)
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await agent.run() }
                try await plane.wait("hello") { plane.hellos.count == 1 }
                plane.say(launch("web-000001", "echo $$; exec sleep 7654"))
                try await plane.wait(for: .ready)
                tasks.cancelAll()
            }
            try await plane.wait("close") { plane.closures.last?.code == 1001 }
            let output = "data/replicas/web-000001/stdout.log"
            // Ready once its program runs, which then writes.
            try #require(try await eventually { folder.read(output).hasSuffix("\n") })
            let pid = try #require(Int32(folder.read(output).dropLast()))
            #expect(isAlive(pid))
            try await withAgent([address], { $0.nodeID = nil }) { _ in
                try await plane.wait("second hello") { plane.hellos.count == 2 }
                #expect(plane.hellos[1].nodeId == plane.hellos[0].nodeId)
                #expect(plane.hellos[1].instanceId != plane.hellos[0].instanceId)
                #expect(plane.hellos[1].replicas?.map(\.state) == [.ready])
                #expect(isAlive(pid))
            }
            #expect(!isAlive(pid))
        }
    }

    @Test func oneAgentToADirectory() async throws {
        let held = try DataDirectory.open(folder.path("data"))
        let error = await #expect(throws: AgentError.self) {
            try await withAgent([.standard]) { _ in }
        }
        #expect(error?.code == .dataDirectoryInUse)
        #expect(error?.message.contains("another agent (process \(getpid()))") == true)
        withExtendedLifetime(held) {}
    }

    @Test func saysWhatIsWrongWithItsAddress() {
        #expect(throws: AgentError.self) { try ControlPlaneAddress("127.0.0.1:6060") }
        #expect(throws: AgentError.self) { try ControlPlaneAddress("ftp://h/x") }
        #expect(throws: AgentError.self) { try ControlPlaneAddress("ws://") }
        #expect((try? ControlPlaneAddress("https://h"))?.description == "wss://h/ws")
        #expect((try? ControlPlaneAddress("https://h"))?.isSecure == true)
        #expect((try? ControlPlaneAddress("http://h:1"))?.description == "ws://h:1/ws")
        #expect((try? ControlPlaneAddress("ws://h:1/x?y"))?.description == "ws://h:1/x?y")
    }
}
