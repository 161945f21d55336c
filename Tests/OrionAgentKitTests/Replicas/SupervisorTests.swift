import Glibc
import Logging
import NIOPosix
import OrionCore
import Synchronization
import Testing

@testable import OrionAgentKit

@Suite struct SupervisorTests {
    let folder: TestFolder
    let statuses = StatusLog()
    /// Those that a test has opened, to unlock them where it plays the next agent.
    let directories = DirectoryLog()

    init() throws {
        folder = try TestFolder()
        mkdir(folder.path("work"), 0o755)
    }

    // MARK: - Fixtures

    func service(_ script: String, _ change: (inout ServiceSpecification) -> Void = { _ in }) -> SharedSpecification {
        var service = ServiceSpecification(name: "web")
        service.command = .arguments(["/bin/sh", "-c", script])
        service.restart.initialDelaySeconds = 0.01
        service.stop.gracePeriodSeconds = 5
        change(&service)
        return SharedSpecification(service)
    }

    /// A supervisor on this test's data directory; adopts what an earlier one has left.
    ///
    /// - Parameter cgroups: false to do without, as on a machine where none can be written.
    func supervisor(cgroups: Bool = true) async throws -> Supervisor {
        let directory = try DataDirectory.open(folder.path("data"))
        directories.append(directory)
        let (ledger, contents) = try Ledger.open(directory.path + "/ledger")
        let mark = AgentMark(dataDirectory: directory.path)
        let launcher = Launcher(
            workspace: try Workspace(root: folder.path("work")), agentEnvironment: ["PATH": "/usr/bin:/bin"],
            nodeName: "n1", limits: [], mark: mark)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let containment = cgroups ? .find(mark: mark, logger: logger) : Containment(mark: mark, root: nil)
        let supervisor = Supervisor(
            executor: QueueExecutor(label: "test"), launcher: launcher,
            containment: containment,
            probe: AgentProbe(
                group: MultiThreadedEventLoopGroup.singleton, launcher: launcher, containment: containment),
            directory: directory, ledger: ledger, logger: logger)
        await supervisor.setReporter { [statuses] status in statuses.append(status) }
        try await supervisor.adopt(contents)
        return supervisor
    }

    func launch(_ id: ReplicaID, _ service: SharedSpecification, fence: UInt64 = 1) -> Launch {
        Launch(service: service, replicaId: id, generation: 4, fence: Fence(rawValue: fence))
    }

    /// Waits until a replica was last said to be in `phase`.
    @discardableResult
    func wait(for phase: ReplicaPhase, _ id: ReplicaID = "web-000001") async throws -> ReplicaStatus {
        try #require(try await eventually { statuses.last(id)?.state == phase }, "\(statuses.all)")
        return try #require(statuses.last(id))
    }

    func stop(_ id: ReplicaID = "web-000001", grace: Double? = nil) -> Stop {
        Stop(serviceName: "web", replicaId: id, gracePeriodSeconds: grace)
    }

    func output(_ id: ReplicaID = "web-000001") -> String {
        folder.read("data/replicas/\(id)/stdout.log")
    }

    func pid(_ supervisor: Supervisor, _ id: ReplicaID = "web-000001") async throws -> Int32 {
        try #require(await supervisor.sessions().first { $0.value == id }?.key)
    }

    // MARK: - Tests

    @Test func startsReportsAndStops() async throws {
        let supervisor = try await supervisor()
        await supervisor.launch(launch("web-000001", service("echo $ORION_REPLICA_ID $ORION_FENCE; exec sleep 7654")))
        let ready = try await wait(for: .ready)
        #expect(ready.generation == 4)
        #expect(ready.restarts == 0)
        #expect(ready.startedAt != nil)
        let pid = try await pid(supervisor)
        #expect(isAlive(pid))
        #expect(try await eventually { output() == "web-000001 1\n" })
        await supervisor.stop(stop())
        let stopped = try await wait(for: .stopped)
        #expect(stopped.signal == "SIGTERM")
        #expect(!isAlive(pid))
        #expect(statuses.states("web-000001") == [.starting, .ready, .stopping, .stopped])
    }

    @Test func restartsWithBackoffAndCounts() async throws {
        let supervisor = try await supervisor()
        await supervisor.launch(launch("web-000001", service("exit 3") { $0.restart.maxAttempts = 2 }))
        let failed = try await wait(for: .failed)
        #expect(failed.restarts == 2)
        #expect(failed.exitCode == 3)
        #expect(statuses.states("web-000001").filter { $0 == .backoff }.count == 2)
        #expect(statuses.all.compactMap(\.restarts).max() == 2)
    }

    @Test func saysWhatAFailedOneWroteLast() async throws {
        let supervisor = try await supervisor()
        let script = "echo listening; echo 'no such table' >&2; exit 3"
        await supervisor.launch(launch("web-000001", service(script) { $0.restart.policy = .never }))
        let failed = try await wait(for: .failed)
        #expect(failed.lastLines == LastLines(stdout: ["listening"], stderr: ["no such table"]))
        #expect(statuses.all.allSatisfy { $0.isTrouble || $0.lastLines == nil })
        await supervisor.launch(launch("web-000002", service("echo ready; exec sleep 7654")))
        #expect(try await wait(for: .ready, "web-000002").lastLines == nil)
        await supervisor.stop(stop("web-000002"))
        #expect(try await wait(for: .stopped, "web-000002").lastLines == nil)
    }

    @Test func aKilledOneComesBackUnderItsID() async throws {
        let supervisor = try await supervisor()
        await supervisor.launch(launch("web-000001", service("exec sleep 7654")))
        try await wait(for: .ready)
        let before = try await pid(supervisor)
        kill(before, SIGKILL)
        try #require(try await eventually { statuses.last("web-000001")?.restarts == 1 })
        try await wait(for: .ready)
        #expect(statuses.all.contains { $0.state == .backoff && $0.signal == "SIGKILL" })
        #expect(try await pid(supervisor) != before)
        await supervisor.stopAll()
        await supervisor.allStopped()
    }

    @Test func saysWhyAProgramCannotBeStarted() async throws {
        let supervisor = try await supervisor()
        let missing = service("") {
            $0.command = .line("nodejs-of-orion --x")
            $0.restart.policy = .never
        }
        await supervisor.launch(launch("web-000001", missing))
        let failed = try await wait(for: .failed)
        #expect(failed.message?.contains("program `nodejs-of-orion` not found in PATH") == true)
        let outside = service("true") {
            $0.path = "../.."
            $0.restart.policy = .never
        }
        await supervisor.launch(launch("web-000002", outside))
        #expect(try await wait(for: .failed, "web-000002").message?.contains("outside of the workspace root") == true)
        await supervisor.launch(
            launch(
                "web-000003",
                service(
                    "",
                    {
                        $0.command = .line("/x/y"); $0.restart.policy = .never
                    })))
        #expect(try await wait(for: .failed, "web-000003").message == "cannot start /x/y: no such file or directory")
    }

    @Test func whatThisNodeCannotStartIsStopped() async throws {
        let supervisor = try await supervisor()
        try folder.write("in the way", to: "data/replicas")
        await supervisor.launch(launch("web-000001", service("true") { $0.restart.policy = .never }))
        let stopped = try await wait(for: .stopped)
        #expect(stopped.message?.hasSuffix("data/replicas/web-000001: not a directory") == true)
    }

    @Test func aKnownIDIsOnlyReported() async throws {
        let supervisor = try await supervisor()
        await supervisor.launch(launch("web-000001", service("exec sleep 7654")))
        try await wait(for: .ready)
        let pid = try await pid(supervisor)
        await supervisor.launch(launch("web-000001", service("exec sleep 2000")))
        #expect(statuses.states("web-000001") == [.starting, .ready, .ready])
        #expect(try await self.pid(supervisor) == pid)
        await supervisor.stop(stop())
        try await wait(for: .stopped)
        await supervisor.launch(launch("web-000001", service("exec sleep 7654")))
        #expect(statuses.last("web-000001")?.state == .stopped)
        #expect(await supervisor.sessions().isEmpty)
    }

    @Test func forgetsWhatHasEnded() async throws {
        let supervisor = try await supervisor()
        await supervisor.stop(stop("web-000009"))
        #expect(statuses.last("web-000009")?.state == .stopped)
        #expect(await supervisor.digest == ReplicaDigest())
        await supervisor.launch(launch("web-000001", service("exec sleep 7654")))
        try await wait(for: .ready)
        #expect(await supervisor.digest != ReplicaDigest())
        await supervisor.stop(stop())
        try await wait(for: .stopped)
        #expect(await supervisor.statuses.count == 1)
        await supervisor.stop(stop())
        #expect(try await eventually { statuses.states("web-000001").filter { $0 == .stopped }.count == 2 })
        #expect(await supervisor.statuses.isEmpty)
        #expect(await supervisor.digest == ReplicaDigest())
        await supervisor.launch(launch("web-000001", service("exec sleep 7654")))
        #expect(await supervisor.statuses.isEmpty, "an id never runs again")
    }

    @Test func keepsTheOutputOfTheLastFive() async throws {
        let supervisor = try await supervisor()
        let ids = (1...7).map { ReplicaID(service: "web", fence: Fence(rawValue: $0)) }
        for id in ids {
            await supervisor.launch(launch(id, service("echo x") { $0.restart.policy = .never }))
            try await wait(for: .succeeded, id)
            await supervisor.stop(stop(id))
        }
        #expect(
            try await eventually {
                Set(FileTree.names(in: folder.path("data/replicas")) ?? []) == Set(ids.suffix(5).map(\.rawValue))
            })
        #expect(output(ids[6]) == "x\n")
    }

    @Test func killsWhatIgnoresItsSignal() async throws {
        let supervisor = try await supervisor()
        let stubborn = service("trap '' TERM; sh -c 'trap \"\" TERM; echo go; while :; do sleep 0.01; done'")
        await supervisor.launch(launch("web-000001", stubborn))
        try #require(try await eventually { output() == "go\n" })
        await supervisor.stop(stop(grace: 0.05))
        #expect(try await wait(for: .stopped).signal == "SIGKILL")
    }

    @Test func waitsForGrandchildrenBeforeItSaysStopped() async throws {
        let supervisor = try await supervisor()
        await supervisor.launch(
            launch("web-000001", service("sh -c 'trap \"\" TERM; echo $$; while :; do sleep 0.01; done' & wait")))
        try #require(try await eventually { Int32(output().dropLast()) != nil })
        let child = try #require(Int32(output().dropLast()))
        await supervisor.stop(stop(grace: 0.1))
        try await wait(for: .stopped)
        #expect(!isAlive(child))
    }

    @Test func givesAFreePortForLife() async throws {
        let supervisor = try await supervisor()
        let web = service("echo $PORT $ORION_PORT_HTTP; exit 1") {
            $0.ports = [Port(name: "http")]
        }
        await supervisor.launch(launch("web-000001", web))
        try #require(try await eventually { output().split(separator: "\n").count >= 3 })
        let port = try #require(statuses.last("web-000001")?.ports?["http"])
        #expect(Set(output().split(separator: "\n")) == ["\(port) \(port)"])
        await supervisor.launch(launch("web-000002", web))
        try #require(try await eventually { statuses.last("web-000002")?.ports?["http"] != nil })
        #expect(statuses.last("web-000002")?.ports?["http"] != port)
        await supervisor.stopAll()
        await supervisor.allStopped()
    }

    @Test func updatesWhatRuns() async throws {
        let supervisor = try await supervisor()
        await supervisor.launch(launch("web-000001", service("exec sleep 7654")))
        try await wait(for: .ready)
        let pid = try await pid(supervisor)
        let same = service("exec sleep 7654") { $0.stop.signal = "SIGINT" }
        await supervisor.update(Update(serviceName: "web", config: same, generation: 5))
        #expect(statuses.last("web-000001")?.generation == 5)
        let other = service("exec sleep 2000")
        await supervisor.update(Update(serviceName: "web", config: other, generation: 6))
        #expect(statuses.last("web-000001")?.generation == 5, "it needs a new process")
        #expect(isAlive(pid))
        await supervisor.stop(stop())
        #expect(try await wait(for: .stopped).signal == "SIGINT")
    }

    @Test func refusesIDsThatAreNoFileNames() async throws {
        let supervisor = try await supervisor()
        await supervisor.launch(launch("../x", service("exec sleep 7654")))
        #expect(statuses.last("../x")?.state == .stopped)
        #expect(await supervisor.statuses.isEmpty)
    }

    @Test func startsNothingOnceItStops() async throws {
        let supervisor = try await supervisor()
        await supervisor.launch(launch("web-000001", service("exec sleep 7654")))
        await supervisor.launch(launch("web-000002", service("exit 1") { $0.restart.initialDelaySeconds = 1000 }))
        try await wait(for: .backoff, "web-000002")
        await supervisor.stopAll()
        await supervisor.launch(launch("web-000003", service("exec sleep 7654")))
        await supervisor.allStopped()
        #expect(Set(await supervisor.statuses.map(\.state)) == [.stopped])
        #expect(statuses.last("web-000003") == nil)
    }

    @Test func aHundredAtOnce() async throws {
        let supervisor = try await supervisor()
        let web = service("exec sleep 7654")
        let ids = (1...100).map { ReplicaID(service: "web", fence: Fence(rawValue: $0)) }
        for id in ids { await supervisor.launch(launch(id, web)) }
        for id in ids { try await wait(for: .ready, id) }
        #expect(await supervisor.sessions().count == 100)
        await supervisor.stopAll()
        await supervisor.allStopped()
        #expect(Set(await supervisor.statuses.map(\.state)) == [.stopped])
    }

    // MARK: - The next agent

    @Test(arguments: [nil, ""]) func endsWhatALostLedgerForgets(_ ledger: String?) async throws {
        let first = try await supervisor()
        await first.launch(launch("web-000001", service("exec sleep 7654")))
        try await wait(for: .ready)
        let pid = try await pid(first)
        await first.detach()
        directories.unlock()
        if let ledger { try folder.write(ledger, to: "data/ledger") } else { unlink(folder.path("data/ledger")) }
        let second = try await supervisor()
        #expect(await second.statuses.isEmpty)
        #expect(try await eventually { !isAlive(pid) })
    }

    @Test func endsWhatADamagedLedgerForgets() async throws {
        let first = try await supervisor()
        await first.launch(launch("web-000001", service("exec sleep 7654")))
        try await wait(for: .ready)
        let pid = try await pid(first)
        await first.detach()
        directories.unlock()
        let ledger = folder.read("data/ledger")
        try folder.write(ledger.replacing("specification", with: "spezifikation"), to: "data/ledger")
        let second = try await supervisor()
        #expect(await second.statuses.isEmpty)
        #expect(try await eventually { !isAlive(pid) })
        #expect(folder.read("data/ledger.damaged").contains("spezifikation"))
        await second.detach()
        directories.unlock()
        let third = try await supervisor()
        #expect(await third.machine.retired.keys.map { $0 } == ["web-000001"])
        #expect(FileTree.names(in: folder.path("data/replicas")) == ["web-000001"])
    }

    @Test func theNextAgentGoesOn() async throws {
        var first: Supervisor? = try await supervisor()
        let web = service("exec sleep 7654") { $0.ports = [Port(name: "http")] }
        await first?.launch(launch("web-000001", web))
        let before = try await wait(for: .ready)
        await first?.launch(launch("web-000002", service("exit 0") { $0.restart.policy = .onFailure }))
        try await wait(for: .succeeded, "web-000002")
        await first?.launch(launch("web-000003", web))
        try await wait(for: .ready, "web-000003")
        let firstPID = try await pid(try #require(first))
        let thirdPID = try await pid(try #require(first), "web-000003")
        await first?.detach()
        first = nil
        directories.unlock()
        kill(thirdPID, SIGKILL)
        try #require(try await eventually { !isAlive(thirdPID) })
        let second = try await supervisor()
        let after = await second.statuses
        #expect(after.map(\.replicaId) == ["web-000001", "web-000002", "web-000003"])
        #expect(after[0] == before)
        #expect(after[1].state == .succeeded)
        #expect(isAlive(firstPID))
        try #require(try await eventually { statuses.last("web-000003")?.restarts == 1 })
        try await wait(for: .ready, "web-000003")
        #expect(statuses.all.allSatisfy { $0.replicaId != "web-000001" || $0.restarts == 0 })
        #expect(Set(after.compactMap { $0.ports?["http"] }).count == 2)
        await second.stopAll()
        await second.allStopped()
        #expect(!isAlive(firstPID))
    }
}

/// What a supervisor said, in order.
final class StatusLog: Sendable {
    private let statuses = Mutex<[ReplicaStatus]>([])

    var all: [ReplicaStatus] { statuses.withLock { $0 } }

    func append(_ status: ReplicaStatus) {
        statuses.withLock { $0.append(status) }
    }

    func last(_ id: ReplicaID) -> ReplicaStatus? {
        statuses.withLock { $0.last { $0.replicaId == id } }
    }

    func states(_ id: ReplicaID) -> [ReplicaPhase] {
        statuses.withLock { $0.filter { $0.replicaId == id }.map(\.state) }
    }
}

/// The data directories that a test has open.
final class DirectoryLog: Sendable {
    private let directories = Mutex<[DataDirectory]>([])

    func append(_ directory: DataDirectory) {
        directories.withLock { $0.append(directory) }
    }

    func unlock() {
        directories.withLock { $0.forEach { $0.unlock() } }
    }
}
