public import OrionCore

extension ClusterState {
    /// The state that a store held, as a control plane finds it when it starts at `now`.
    ///
    /// Throws where a stored specification cannot be read. Every service is looked at in the first step.
    public init(loading stored: StoredState, options: ReconcilerOptions, now: Moment) throws(OrionError) {
        self.init(cluster: stored.cluster, options: options)
    }
}
