public import OrionCore
public import OrionStore
internal import Synchronization

/// A store that fails where a test wants it to, around one that works.
public final class FaultyStore: StateStore {
    /// What goes wrong with one call.
    public enum Fault: Sendable {
        /// It fails, and nothing is changed.
        case fails(StoreError)
        /// Nobody can say whether it was taken.
        case losesOutcome(isTaken: Bool)
        /// It waits until `release`, then works.
        case waits
        /// It waits until `release`, then fails, and nothing is changed.
        case waitsThenFails(StoreError)
    }

    private struct Contents {
        var faults: [Int: Fault] = [:]
        var outage: StoreError?
        var commits = 0
        /// A commit that is tried in spite of the outage.
        var lastCommit = 0
        var probes = 0
        var isReleased = false
        var held: [CheckedContinuation<Void, Never>] = []
    }

    private let store: any StateStore
    private let contents = Mutex(Contents())

    /// A store around `store` that works until told otherwise.
    public init(_ store: any StateStore) { self.store = store }

    /// Commits that were tried.
    public var commits: Int { contents.withLock { $0.commits } }

    /// Probes that were tried.
    public var probes: Int { contents.withLock { $0.probes } }

    /// Lets the commit with that number, counted from 1, go wrong.
    public func inject(_ fault: Fault, at commit: Int) {
        contents.withLock { $0.faults[commit] = fault }
    }

    /// Lets every commit and probe fail from now on; nil ends it.
    public func setOutage(_ error: StoreError?) {
        contents.withLock { $0.outage = error }
    }

    /// Lets every probe, and every commit after the next one, fail from now on, so that the next is all that is stored.
    public func setOutageAfterNextCommit(_ error: StoreError) {
        contents.withLock { contents in
            contents.lastCommit = contents.commits + 1
            contents.outage = error
        }
    }

    /// Lets the commits that wait go on, and those that were to wait.
    public func release() {
        let held = contents.withLock { contents in
            contents.isReleased = true
            defer { contents.held = [] }
            return contents.held
        }
        for continuation in held { continuation.resume() }
    }

    /// As the store that works does it.
    public func load() async throws(StoreError) -> StoredState { try await store.load() }

    /// Commits, unless this one is to go wrong.
    public func commit(_ changes: [StateChange]) async throws(StoreError) {
        let (fault, outage) = contents.withLock { contents in
            contents.commits += 1
            let isSpared = contents.commits == contents.lastCommit
            return (contents.faults[contents.commits], isSpared ? nil : contents.outage)
        }
        if let outage { throw outage }
        switch fault {
        case nil: try await store.commit(changes)
        case .fails(let error): throw error
        case .losesOutcome(let isTaken):
            if isTaken { try await store.commit(changes) }
            throw StoreError(.unknownOutcome, "the answer to the commit was lost")
        case .waits:
            await hold()
            try await store.commit(changes)
        case .waitsThenFails(let error):
            await hold()
            throw error
        }
    }

    /// Probes, unless there is an outage.
    public func probe() async throws(StoreError) {
        let outage = contents.withLock { contents in
            contents.probes += 1
            return contents.outage
        }
        if let outage { throw outage }
        try await store.probe()
    }

    /// As the store that works does it.
    public func close() async { await store.close() }

    private func hold() async {
        await withCheckedContinuation { continuation in
            let isReleased = contents.withLock { contents in
                if !contents.isReleased { contents.held.append(continuation) }
                return contents.isReleased
            }
            if isReleased { continuation.resume() }
        }
    }
}
