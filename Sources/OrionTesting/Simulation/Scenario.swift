import OrionScheduler

/// What one seed's history is like: how large the cluster is, what goes wrong in it, and how often.
///
/// Each history has only some of the faults, so that a rare mixture is not drowned by the common ones.
struct Scenario {
    enum Fault: CaseIterable {
        case resetLine
        case cutLine
        case cutOneWay
        case cutMany
        case agentDies
        case powerFails
        case diskIsWiped
        case nodeStandsStill
        case agentStandsStill
        case nodeIsSuspended
        case controlPlaneDies
        case controlPlaneStandsStill
        case diskIsBroken
        case agentDiskIsBroken
        case agentLeaves
        case agentDetaches
        case processDies
    }

    let nodes: Int
    let baseNodes: Int
    /// Whether two machines claim to be the same node.
    let hasTwin: Bool
    /// Of a hundred documents: how many say what becomes of what is lost.
    let disconnectPolicies: Int
    /// Of a hundred of those: how many let a replica run beside one that is lost, whatever else they say.
    let overlaps: Int
    let services: Int
    let options: ReconcilerOptions
    let faults: [Fault]
    /// Seconds between two faults, and between two changes of mind, on average.
    let faultSeconds: Double
    let changeSeconds: Double
    /// How long a frame takes at most, most of the time.
    let latencySeconds: Double
    /// How many of a thousand frames take much longer.
    let slowFrames: Int
    /// Of a thousand commits: how many fail, lose their outcome, are slow.
    let failingCommits: Int
    let lostCommits: Int
    let slowCommits: Int
    /// Of a hundred flushes of an agent's ledger: how many are slow.
    let slowFlushes: Int
    /// Of ten thousand effects: after how many the control plane dies.
    let deadlyEffects: Int
    /// Events that a step takes in at most.
    let batch: Int
    /// Steps between two calms.
    let roundSteps: Int

    init(using random: inout SeededGenerator) {
        nodes = Int.random(in: 2...6, using: &random)
        baseNodes = random.chance(30) ? 1 : 0
        hasTwin = random.chance(15)
        // Where nearly nothing may run twice, what goes wrong with that is not left to chance.
        let isBound = random.chance(25)
        disconnectPolicies = isBound ? 95 : random.chance(50) ? 40 : 0
        overlaps = isBound ? 5 : 50
        services = Int.random(in: 1...4, using: &random)
        let timeout = Self.pick([2, 3, 10], &random)
        options = ReconcilerOptions(heartbeatIntervalSeconds: timeout / 2, heartbeatTimeoutSeconds: timeout)
        faults = random.chance(5) ? [] : Fault.allCases.filter { _ in random.chance(50) }
        faultSeconds = Self.pick([0.5, 2, 8], &random)
        changeSeconds = Self.pick([0.3, 2, 10], &random)
        latencySeconds = Self.pick([0.0005, 0.005, 0.05], &random)
        slowFrames = random.chance(50) ? 10 : 0
        let hasBadDisk = random.chance(40)
        failingCommits = hasBadDisk ? 60 : 0
        lostCommits = hasBadDisk && random.chance(60) ? 60 : 0
        slowCommits = random.chance(30) ? 30 : 0
        slowFlushes = random.chance(30) ? 25 : 2
        deadlyEffects = random.chance(40) ? 30 : 0
        batch = [1, 3, 4096, 4096].randomElement(using: &random) ?? 4096
        roundSteps = [300, 600, 1200].randomElement(using: &random) ?? 600
    }

    private static func pick(_ choices: [Double], _ random: inout SeededGenerator) -> Double {
        choices[Int.random(in: 0..<choices.count, using: &random)]
    }
}

extension SeededGenerator {
    /// Whether something happens that does so in so many of a hundred cases.
    mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }

    /// A time to wait, `mean` seconds on average.
    mutating func pause(mean seconds: Double) -> Int64 {
        // A sum of three looks enough like chance, and needs no logarithm, which differs from machine to machine.
        let part = (0..<3).reduce(0.0) { sum, _ in sum + Double.random(in: 0...1, using: &self) } / 1.5
        return Int64.seconds(seconds * part)
    }
}
