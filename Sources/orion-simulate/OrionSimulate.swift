import ArgumentParser
import OrionTesting

/// Simulates clusters, one seed after the other, until a check does not hold.
@main
struct OrionSimulate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "orion-simulate",
        abstract: "Simulates whole clusters under faults, and checks what must always hold.",
        discussion:
            "Each seed is a history of its own, the same in every run. Exits with 1 at the first check that does"
            + " not hold, with its seed and its last events. Docs/simulation.md has the details.")

    @Option(help: "How many seeds.")
    var seeds: UInt64 = 500

    @Option(help: "The first of them.")
    var first: UInt64 = 1

    @Option(help: "Steps of each history, at least.")
    var steps = 2_000

    @Option(help: "How many histories at a time.")
    var jobs = 1

    @Option(help: "How many of a failed history's last events to print.")
    var trace = 400

    @Flag(help: "Print what happened in each history.")
    var verbose = false

    func validate() throws {
        guard seeds > 0, steps > 0, jobs > 0, trace >= 0 else {
            throw ValidationError("seeds, steps and jobs must be at least 1.")
        }
    }

    func run() async throws {
        var summary = Summary(steps: steps)
        await withTaskGroup(of: (UInt64, SimulationReport).self) { group in
            let (steps, trace) = (steps, trace)
            var next = first
            func start() {
                guard next - first < seeds else { return }
                let seed = next
                next += 1
                group.addTask { (seed, SimulatedCluster.run(seed: seed, steps: steps, traceLines: trace)) }
            }
            for _ in 0..<jobs { start() }
            for await (seed, report) in group {
                summary.add(report, of: seed, isVerbose: verbose, all: seeds)
                guard summary.failure == nil else { return group.cancelAll() }
                start()
            }
        }
        summary.finish()
        if summary.failure != nil { throw ExitCode(1) }
    }
}
