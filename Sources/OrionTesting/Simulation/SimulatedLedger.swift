package import OrionAgentKit

/// A ledger in memory, on a disk whose power can be cut: what was written outlives the agent, what was flushed outlives
/// the machine.
package struct SimulatedLedger: Sendable {
    /// What the disk holds.
    package private(set) var durable = LedgerContents()
    /// What the kernel holds beyond that, in order.
    package private(set) var unflushed: [LedgerEntry] = []

    /// Empty.
    package init() {}

    /// What the next agent reads if this one dies now.
    package var contents: LedgerContents {
        unflushed.reduce(into: durable) { $0.take($1) }
    }

    /// Hands an entry to the kernel.
    package mutating func write(_ entry: LedgerEntry) {
        unflushed.append(entry)
    }

    /// Everything written so far comes to the disk.
    package mutating func flush() { flush(unflushed.count) }

    /// The first `entries` of what was not flushed come to the disk.
    package mutating func flush(_ entries: Int) {
        for entry in unflushed.prefix(entries) { durable.take(entry) }
        unflushed.removeFirst(min(entries, unflushed.count))
    }

    /// Starts the file anew, on disk on return.
    package mutating func rewrite(_ contents: LedgerContents) {
        durable = contents
        unflushed = []
    }

    /// The power fails: of what was not flushed, the first `entries` have come to the disk all the same.
    package mutating func cutPower(keeping entries: Int = 0) {
        unflushed = Array(unflushed.prefix(entries))
        flush()
    }
}
