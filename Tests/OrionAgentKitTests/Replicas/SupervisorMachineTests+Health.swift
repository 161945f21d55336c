import OrionCore
import Testing

@testable import OrionAgentKit

extension SupervisorMachineTests {
    /// What checks say counts as long as they are the last that were begun.
    @Test func onlyTheLastChecksCount() throws {
        let checked = Self.specification { service in
            service.health = HealthCheck()
            service.health?.tcp = HealthCheck.TCP()
        }
        var machine = SupervisorMachine()
        _ = machine.launch(order("web-000001", checked), now())
        _ = machine.spawned("web-000001", identity)
        recordAll(&machine)
        let started = machine.started("web-000001", identity, now())
        let target = try #require(machine.replicas["web-000001"]?.machine.healthTarget)
        #expect(started.last == .beginChecks(target, number: 1))
        let other = Self.specification { service in
            service.health = HealthCheck()
            service.health?.http = HealthCheck.HTTP()
        }
        let updated = machine.update(Update(serviceName: "web", config: other, generation: 5), now(1))
        #expect(
            updated.last == .beginChecks(try #require(machine.replicas["web-000001"]?.machine.healthTarget), number: 2))
        #expect(machine.checked("web-000001", number: 1, .passed, now(2)).isEmpty)
        #expect(machine.checked("web-000002", number: 2, .passed, now(2)).isEmpty)
        _ = machine.checked("web-000001", number: 2, .passed, now(2))
        #expect(try record(machine).phase == .ready)
        #expect(machine.digest == digest(machine))
        #expect(machine.stop(stop(), now(3)).first == .endChecks("web-000001"))
        #expect(machine.checked("web-000001", number: 2, .failed("no"), now(4)).isEmpty)
    }
}
