import OrionControlPlane
import OrionCore
import OrionScheduler
import OrionStore

/// The control plane's machine: the engine, its mailbox and clock, and the disk that outlives them.
struct SimulatedControlPlane {
    /// What a power cut would leave.
    var image = StateImage(clusterId: "simulated")
    /// The machine's clock; the engine's own follows it.
    let machineClock: SimulatedClock
    /// Until when nothing happens on the machine.
    var pausedUntil: Int64 = 0

    /// Nil while no control plane runs.
    var machine: EngineMachine?
    /// Counts the starts.
    var life = 0
    var mailbox = Mailbox(limit: 1, sessionLimit: 1)
    var clock = EngineClock(raw: 0)
    /// When the engine's clock ticked last, on the machine's.
    var lastTick: Int64 = 0
    /// What is being written, and how that is going to end.
    var commit: SimulatedCommit?
    var token = 0
    /// When the engine is going to look for work.
    var wakesAt: Int64?
    /// Whether a commit has failed, and none has succeeded since.
    var isUnwritable = false
    /// Until when every commit fails.
    var brokenUntil: Int64 = 0
    /// How many things agents said in the step that is not durable yet.
    var unsettled = 0
    /// How many launches found their connection ended; the next step hears of them.
    var unsent = 0
    var isFirstStep = false
    /// Whether its machine stands still.
    var standsStill = false

    init(drift: Int64) {
        machineClock = SimulatedClock(drift: drift, start: -1_000_000_000_000)
    }

    func reading(at now: Int64) -> Int64 { machineClock.reading(at: now) }

    /// The engine's time.
    func moment(at now: Int64) -> Moment {
        Moment(
            monotonic: clock.now(raw: reading(at: now)),
            wall: Timestamp(milliseconds: 1_700_000_000_000 + now / 1_000_000))
    }

    /// While it waits for work the engine ticks; not while it waits for the disk, or its machine stands still.
    mutating func tickIdle(until now: Int64) {
        guard machine?.isReady == true, !standsStill else { return }
        let raw = reading(at: now)
        while lastTick + EngineClock.tickNanoseconds < raw {
            lastTick += EngineClock.tickNanoseconds
            clock.tick(raw: lastTick)
        }
    }

    mutating func tick(at now: Int64) {
        lastTick = max(lastTick, reading(at: now))
        clock.tick(raw: lastTick)
    }
}

/// A commit that is on its way to the disk.
struct SimulatedCommit {
    enum Outcome {
        case taken
        case failed
        /// Nobody learns whether it was taken.
        case lost(isTaken: Bool)
    }

    let changes: [StateChange]
    let outcome: Outcome
}
