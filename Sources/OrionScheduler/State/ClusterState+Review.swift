extension ClusterState {
    /// Lets the next step look at every service, whatever it brings: over a settled state it decides nothing.
    package mutating func reviewEverything() { unreviewed = serviceNames }
}
