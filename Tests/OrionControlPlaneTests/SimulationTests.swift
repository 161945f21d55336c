import Foundation
import OrionTesting
import Testing

@Suite struct SimulationTests {
    /// The same sixteen each time; `ORION_SEEDS` adds as many random ones, `ORION_SEED` repeats one run.
    static let seeds: [UInt64] = {
        let environment = ProcessInfo.processInfo.environment
        if let seed = environment["ORION_SEED"].flatMap(UInt64.init) { return [seed] }
        let count = environment["ORION_SEEDS"].flatMap(Int.init) ?? 0
        return [UInt64](1...16) + (0..<count).map { _ in UInt64.random(in: 0...UInt64.max) }
    }()

    @Test(arguments: seeds)
    func survivesWhateverHappens(seed: UInt64) {
        let report = SimulatedCluster.run(seed: seed, steps: 1200)
        guard let failure = report.failure else { return }
        print(failure.trace.joined(separator: "\n"))
        Issue.record("\(failure)")
    }

    @Test func theSameSeedIsTheSameHistory() {
        let first = SimulatedCluster.run(seed: 7, steps: 1000)
        let second = SimulatedCluster.run(seed: 7, steps: 1000)
        #expect(first == second)
        #expect(first.traceHash != SimulatedCluster.run(seed: 8, steps: 1000).traceHash)
    }
}
