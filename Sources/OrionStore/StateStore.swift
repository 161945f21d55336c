public import OrionCore

/// Where the state of a cluster is kept.
///
/// One control plane uses a store at a time, and one call at a time is made to it, but for `close`. Whatever conforms is
/// to pass `StateStoreConformance` (OrionTesting).
public protocol StateStore: Sendable {
    /// Everything that is stored. A store that is new makes the cluster's id and keeps it.
    func load() async throws(StoreError) -> StoredState

    /// Writes and removes records in the order given: all of them or none, and durably on return.
    ///
    /// Removing what is not there is no error. Throws `unknownOutcome` if it cannot tell whether the changes were taken;
    /// any other error means that they were not. Cancelling the task does not interrupt it.
    func commit(_ changes: [StateChange]) async throws(StoreError)

    /// Goes through all of a commit without changing anything: succeeds if one would.
    func probe() async throws(StoreError)

    /// Lets go of the store, so that another control plane can open it. Nothing is lost without it.
    func close() async
}
