/// The whole of Orion's judgement: events in, decisions out. Synchronous, deterministic, without I/O.
public enum Reconciler {
    /// Takes in what happened and decides what to do about it. The cost grows with what changed, not with the cluster.
    public static func step(
        _ state: inout ClusterState, _ events: [Event], now: Moment, random: inout some RandomNumberGenerator
    ) -> Decision {
        Decision()
    }
}
