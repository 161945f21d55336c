import Glibc
import OrionTesting

/// What came of all histories so far, for people.
struct Summary {
    /// Seconds between two lines of progress.
    private static let progressSeconds = 10.0

    let steps: Int
    private(set) var failure: SimulationFailure?
    private var histories: UInt64 = 0
    private var totalSteps = 0
    private var simulatedSeconds = 0.0
    private var starts = 0
    private var settled = 0
    private var hash: UInt64 = 0
    private let begin = ContinuousClock.now
    private var lastLine = ContinuousClock.now

    init(steps: Int) { self.steps = steps }

    mutating func add(_ report: SimulationReport, of seed: UInt64, isVerbose: Bool, all: UInt64) {
        histories += 1
        totalSteps += report.steps
        simulatedSeconds += report.simulatedSeconds
        starts += report.counts.starts
        settled += report.counts.settled
        // Histories end in any order.
        hash ^= report.traceHash &* (seed | 1)
        if isVerbose {
            say(
                "seed \(seed): \(report.steps) steps, \(Int(report.simulatedSeconds)) s, hash \(hex(report.traceHash)), \(report.counts)"
            )
        }
        if let failure = report.failure { return tell(failure) }
        guard ContinuousClock.now - lastLine > .seconds(Self.progressSeconds) else { return }
        lastLine = ContinuousClock.now
        say("\(histories) of \(all) histories, \(rate) steps per second")
    }

    private mutating func tell(_ failure: SimulationFailure) {
        self.failure = failure
        for line in failure.trace { say(line) }
        say("")
        say("\(failure)")
        say("again: orion-simulate --first \(failure.seed) --seeds 1 --steps \(steps)")
    }

    func finish() {
        say(
            "\(histories) histories, \(totalSteps) steps, \(rate) per second; \(Int(simulatedSeconds / 3600)) h simulated,"
                + " \(starts) processes started, \(settled) times settled; hash \(hex(hash))")
    }

    private var rate: Int {
        let seconds = Double((ContinuousClock.now - begin).components.seconds) + 0.001
        let rest = Double((ContinuousClock.now - begin).components.attoseconds) / 1e18
        return Int(Double(totalSteps) / (seconds + rest))
    }

    private func hex(_ number: UInt64) -> String { String(number, radix: 16) }

    /// One line, at once: standard output may be a pipe.
    private func say(_ line: String) {
        print(line)
        fflush(nil)
    }
}
