import Dispatch
import Glibc
import OrionCore
import Testing

@testable import OrionAgentKit

/// Replicas that are checked, with real processes and real checks.
extension SupervisorTests {
    /// A service that is healthy as long as there is a file `ok` in the workspace.
    func checked(_ change: (inout ServiceSpecification) -> Void = { _ in }) -> SharedSpecification {
        service("exec sleep 7654") { service in
            var check = HealthCheck()
            check.exec = HealthCheck.Exec(command: .arguments(["sh", "-c", "test -e ok || { echo no ok; exit 1; }"]))
            check.intervalSeconds = 0.1
            check.timeoutSeconds = 20
            check.failureThreshold = 2
            check.startPeriodSeconds = 1000
            service.health = check
            change(&service)
        }
    }

    @Test func isReadyOnlyOnceItsCheckPasses() async throws {
        let supervisor = try await supervisor()
        let service = checked { $0.command = .arguments(["sh", "-c", "echo starting up; exec sleep 7654"]) }
        await supervisor.launch(launch("web-000001", service))
        try await wait(for: .running)
        try #require(try await eventually { statuses.last("web-000001")?.message?.hasSuffix(": no ok") == true })
        #expect(statuses.last("web-000001")?.state == .running)
        #expect(statuses.last("web-000001")?.lastLines?.stdout == ["starting up"])
        try folder.write("", to: "work/ok")
        #expect(try await wait(for: .ready).message == nil)
        #expect(Set(statuses.states("web-000001")) == [.starting, .running, .ready])
        await supervisor.stopAll()
        await supervisor.allStopped()
    }

    @Test func oneThatStartsFailingIsRestartedWithTheReason() async throws {
        try folder.write("", to: "work/ok")
        let supervisor = try await supervisor()
        await supervisor.launch(launch("web-000001", checked()))
        try await wait(for: .ready)
        let before = try await pid(supervisor)
        unlink(folder.path("work/ok"))
        try #require(try await eventually { statuses.last("web-000001")?.restarts == 1 })
        #expect(!isAlive(before))
        let backoff = try #require(statuses.all.last { $0.state == .backoff })
        #expect(backoff.message?.hasSuffix("exited with status 1: no ok (2 failed checks in a row)") == true)
        #expect(backoff.signal == "SIGTERM")
        #expect(statuses.states("web-000001").contains(.unhealthy))
        try folder.write("", to: "work/ok")
        try await wait(for: .ready)
        await supervisor.stopAll()
        await supervisor.allStopped()
    }

    @Test func aDetachedAgentLeavesNoCheckBehindAndTheNextGoesOn() async throws {
        try folder.write("", to: "work/ok")
        let hanging = checked { service in
            let script = "test -e ok || exit 1; test -e slow || exit 0; echo $$ >pid; sleep 7654 & wait"
            service.health?.exec = HealthCheck.Exec(command: .arguments(["sh", "-c", script]))
        }
        let first = try await supervisor()
        await first.launch(launch("web-000001", hanging))
        try await wait(for: .ready)
        let replica = try await pid(first)
        try folder.write("", to: "work/slow")
        try #require(try await eventually { folder.read("work/pid").hasSuffix("\n") })
        let check = try #require(Int32(folder.read("work/pid").dropLast()))
        await first.detach()
        #expect(!isAlive(check))
        #expect(isAlive(replica))
        directories.unlock()
        unlink(folder.path("work/slow"))
        let second = try await supervisor()
        #expect(await second.statuses.map(\.state) == [.ready])
        unlink(folder.path("work/ok"))
        try #require(try await eventually { statuses.last("web-000001")?.restarts == 1 })
        #expect(!isAlive(replica))
        await second.stopAll()
        await second.allStopped()
    }

    /// As an agent leaves it that was killed: nobody ends it at its timeout.
    @Test func aCheckThatAKilledAgentLeftIsEnded() async throws {
        try folder.write("", to: "work/ok")
        let first = try await supervisor()
        await first.launch(launch("web-000001", checked()))
        try await wait(for: .ready)
        let record = try #require(await first.machine.replicas["web-000001"]?.record)
        await first.detach()
        let request = try await first.launcher.request(
            forCheck: .line("sleep 7654"), of: record, output: folder.path("out"))
        let left = try await GatedProcess(request).release(on: .global())
        directories.unlock()
        let second = try await supervisor()
        #expect(try await eventually { !isAlive(left.identity.pid) })
        left.reap()
        #expect(await second.statuses.map(\.state) == [.ready])
        await second.stopAll()
        await second.allStopped()
    }

    @Test func anUpdateChangesTheChecksOfWhatRuns() async throws {
        let supervisor = try await supervisor()
        await supervisor.launch(launch("web-000001", checked()))
        try await wait(for: .running)
        let pid = try await pid(supervisor)
        let other = checked { $0.health?.exec = HealthCheck.Exec(command: .line("true")) }
        await supervisor.update(Update(serviceName: "web", config: other, generation: 5))
        #expect(try await wait(for: .ready).generation == 5)
        #expect(isAlive(pid))
        await supervisor.stopAll()
        await supervisor.allStopped()
    }
}
