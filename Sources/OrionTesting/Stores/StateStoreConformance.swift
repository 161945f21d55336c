import OrionCore
public import OrionStore

/// What every `StateStore` has to do, as checks that throw a `ConformanceFailure` where it does not.
///
/// An implementation's tests run each check on a storage of its own.
public struct StateStoreConformance: Sendable {
    /// One thing to find out.
    public enum Check: String, CaseIterable, Sendable {
        /// A new store holds a cluster's id, that stays, and nothing else.
        case newStore
        /// Every sort of record comes back as it was written, sorted by its key.
        case everyRecord
        /// A record written again replaces the one before.
        case rewriting
        /// Records are removed, a service with its generations, and what is not there without an error.
        case removing
        /// The changes of one commit are taken in order.
        case order
        /// A commit that is made again, as after an unknown outcome, changes nothing more.
        case repeating
        /// An empty commit and a probe change nothing.
        case nothing
        /// Ten thousand records in one commit.
        case manyRecords
        /// Strings that are hard to keep, and hundreds of commits, compared with a model after each.
        case randomHistory
        /// A closed store refuses what is asked of it, or goes on, and what it held is found again.
        case reopening
    }

    private let open: @Sendable () async throws -> any StateStore

    /// Checks for the stores that `open` returns: it opens the same storage each time, empty at first, and is called again
    /// only after the store before was closed.
    public init(open: @escaping @Sendable () async throws -> any StateStore) { self.open = open }

    /// Runs one check; throws if the store does not pass it.
    public func run(_ check: Check, seed: UInt64 = 1) async throws {
        let store = try await open()
        let model = StateImage(cluster: try await store.load().cluster)
        switch check {
        case .newStore: try await newStore(store)
        case .everyRecord: try await compare(store, model, [Self.everyRecord])
        case .rewriting: try await compare(store, model, [Self.everyRecord, Self.everyRecord.map(Self.changed)])
        case .removing: try await compare(store, model, [Self.everyRecord, Self.removals, Self.removals])
        case .order: try await compare(store, model, [Self.everyRecord + Self.removals + Self.everyRecord.reversed()])
        case .repeating:
            // What is written, removed and written again in one commit too.
            let mixed = Self.everyRecord + Self.removals + Self.everyRecord.map(Self.changed)
            try await compare(store, model, [mixed, mixed, Self.removals, Self.removals])
        case .nothing:
            try await compare(store, model, [Self.everyRecord, []])
            let before = try await store.load()
            try await store.probe()
            try expect(before, try await store.load(), "after a probe")
        case .manyRecords: try await compare(store, model, [Self.manyRecords, Array(Self.manyRecords.prefix(5_000))])
        case .randomHistory:
            var changes = RandomChanges(seed: seed)
            try await compare(store, model, (0..<200).map { changes.batch(1 + $0 % 20) }, "seed \(seed)")
        case .reopening: try await reopening(store)
        }
        await store.close()
    }

    private func newStore(_ store: any StateStore) async throws {
        let first = try await store.load()
        guard !first.cluster.clusterId.isEmpty else { throw ConformanceFailure("a new store has no cluster id") }
        var cluster = StoredCluster(clusterId: first.cluster.clusterId)
        // Where fences begin is the store's own affair.
        cluster.lastFence = first.cluster.lastFence
        try expect(StoredState(cluster: cluster), first, "of a new store")
        try expect(first, try await store.load(), "loaded twice")
    }

    private func reopening(_ store: any StateStore) async throws {
        try await store.commit(Self.everyRecord)
        let before = try await store.load()
        await store.close()
        let second = try await open()
        try expect(before, try await second.load(), "opened again")
        try await second.commit(Self.everyRecord.map(Self.changed))
        let after = try await second.load()
        await second.close()
        let third = try await open()
        try expect(after, try await third.load(), "opened a second time")
        await third.close()
    }

    /// Commits each, and compares what is stored with the model after it.
    private func compare(
        _ store: any StateStore, _ model: StateImage, _ commits: [[StateChange]], _ note: String = ""
    ) async throws {
        var model = model
        for (index, changes) in commits.enumerated() {
            try await store.commit(changes)
            model.apply(changes)
            try expect(model.state, try await store.load(), "after commit \(index + 1) \(note)")
        }
    }

    private func expect(_ expected: StoredState, _ found: StoredState, _ when: String) throws {
        func check<Value: Equatable>(_ path: KeyPath<StoredState, Value>, _ name: String) throws {
            guard expected[keyPath: path] != found[keyPath: path] else { return }
            throw ConformanceFailure(
                "\(name) \(when): expected \(expected[keyPath: path]), found \(found[keyPath: path])")
        }
        try check(\.cluster, "the cluster")
        try check(\.configurations, "the configurations")
        try check(\.services, "the services")
        try check(\.generations, "the generations")
        try check(\.nodes, "the nodes")
        try check(\.replicas, "the replicas")
    }
}
