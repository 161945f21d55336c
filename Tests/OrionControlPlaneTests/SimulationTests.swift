import Foundation
import OrionCore
import OrionScheduler
import OrionTesting
import Testing

@testable import OrionControlPlane

@Suite struct SimulationTests {
    /// `ORION_SEED` repeats one run, `ORION_SEEDS` makes as many random ones.
    static let seeds: [UInt64] = {
        let environment = ProcessInfo.processInfo.environment
        if let seed = environment["ORION_SEED"].flatMap(UInt64.init) { return [seed] }
        let count = environment["ORION_SEEDS"].flatMap(Int.init) ?? 8
        return [UInt64](1...16) + (0..<count).map { _ in UInt64.random(in: 0...UInt64.max) }
    }()

    /// Whatever happened, no replica is ever started twice; and once nothing goes wrong any more, what was acknowledged is
    /// there and runs, exactly as often as it should.
    @Test(arguments: seeds)
    func survivesEverythingBetweenAnyTwoEffects(seed: UInt64) throws {
        var simulation = Simulation(seed: seed, agents: 3)
        try simulation.start()
        for number in 1...600 {
            switch Int.random(in: 0..<20, using: &simulation.random) {
            case 0...2:
                simulation.apply(
                    ServiceName(rawValue: "web-\(Int.random(in: 1...4, using: &simulation.random))"), number)
            case 3: simulation.cut(Int.random(in: 0..<3, using: &simulation.random))
            case 4...5: simulation.connect(Int.random(in: 0..<3, using: &simulation.random))
            case 6: simulation.fail(Int.random(in: 0..<3, using: &simulation.random))
            case 7:
                simulation.time = simulation.time.advanced(
                    bySeconds: Double.random(in: 0...4, using: &simulation.random))
            case 8 where simulation.machine == nil: try simulation.start()
            case 8...14: try simulation.step()
            default: simulation.exchange(Int.random(in: 0..<3, using: &simulation.random))
            }
            try check(simulation)
        }
        try settle(&simulation)
        try check(simulation)
    }

    func check(_ simulation: Simulation) throws {
        let started = simulation.agents.flatMap(\.model.started)
        try #require(Set(started).count == started.count, "seed \(simulation.seed): a replica was started twice")
    }

    func settle(_ simulation: inout Simulation) throws {
        simulation.isHostile = false
        if simulation.machine == nil { try simulation.start() }
        for _ in 0..<4_000 {
            for index in simulation.agents.indices {
                simulation.connect(index)
                simulation.exchange(index)
            }
            try simulation.step()
            if isSettled(simulation) { break }
            simulation.time = simulation.time.advanced(bySeconds: 0.05)
        }
        let seed = simulation.seed
        let state = try #require(simulation.machine).state
        #expect(isSettled(simulation), "seed \(seed): \(state.serviceRecords().map(\.status))")
        for (service, number) in simulation.acknowledged {
            let record = try #require(state.serviceRecord(service), "seed \(seed)")
            let found = try #require(Int(record.specification.value.labels["number"] ?? ""))
            #expect(found >= number, "seed \(seed): \(service) was acknowledged with \(number)")
        }
        let running = simulation.agents.flatMap { $0.model.records.values.filter { !$0.state.isFinal } }
        #expect(
            running.count == state.serviceRecords().map(\.specification.value.replicas).reduce(0, +), "seed \(seed)")
        #expect(simulation.launches > 0 && simulation.deaths > 0, "seed \(seed)")
    }

    func isSettled(_ simulation: Simulation) -> Bool {
        guard let state = simulation.machine?.state, simulation.mailbox.isEmpty else { return false }
        let quiet = simulation.agents.allSatisfy { $0.toAgent.isEmpty && $0.toEngine.isEmpty && $0.session != nil }
        return quiet
            && state.serviceRecords().allSatisfy { record in
                record.status.observed.ready == record.specification.value.replicas
                    && record.status.instances.count == record.specification.value.replicas
                    && record.status.rollout.state == .complete
            }
    }
}
