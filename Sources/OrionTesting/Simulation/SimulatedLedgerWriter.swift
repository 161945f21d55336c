import OrionAgentKit

/// An agent's hold on its ledger: one flush at a time, which serves everyone who waited when it began.
struct SimulatedLedgerWriter {
    /// What the machine holds, whatever becomes of the agent.
    private(set) var ledger = SimulatedLedger()
    /// Entries whose writer waits for the disk.
    private var waiting: [LedgerEntry] = []
    /// The flush that is under way: how many lines it takes to disk, and who waits for it.
    private var flush: (lines: Int, entries: [LedgerEntry])?
    /// Whether a line could not be written: the next one begins the file anew.
    var hasFailed = false

    mutating func write(_ entry: LedgerEntry) { ledger.write(entry) }

    /// Starts the file anew, on disk on return.
    mutating func rewrite(_ contents: LedgerContents) {
        ledger.rewrite(contents)
        flush?.lines = 0
        hasFailed = false
    }

    /// Lets its writer wait until an entry is on disk; whether a flush is to begin now.
    mutating func await(_ entry: LedgerEntry) -> Bool {
        waiting.append(entry)
        guard flush == nil else { return false }
        beginFlush()
        return true
    }

    /// A flush has ended: what it has brought to disk. Another may have to begin.
    mutating func endFlush() -> (entries: [LedgerEntry], beginsAnother: Bool) {
        guard let ended = flush else { return ([], false) }
        ledger.flush(ended.lines)
        flush = nil
        if waiting.isEmpty { return (ended.entries, false) }
        beginFlush()
        return (ended.entries, true)
    }

    /// A flush has failed: whose it was.
    mutating func failFlush() -> [LedgerEntry] {
        let entries = (flush?.entries ?? []) + waiting
        writerDied()
        hasFailed = true
        return entries
    }

    /// The agent is gone, and nobody waits any more.
    mutating func writerDied() {
        waiting = []
        flush = nil
        hasFailed = false
    }

    /// The power is lost, and with it the end of what was not flushed.
    mutating func cutPower(keeping lines: Int) {
        ledger.cutPower(keeping: lines)
        writerDied()
    }

    private mutating func beginFlush() {
        flush = (ledger.unflushed.count, waiting)
        waiting = []
    }
}
