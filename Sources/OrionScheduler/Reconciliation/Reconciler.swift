/// The whole of Orion's judgement: events in, decisions out. Synchronous, deterministic, without I/O.
public enum Reconciler {
    /// Takes in what happened and decides what to do about it. The cost grows with what changed, not with the cluster.
    ///
    /// Nothing else moves the state: commit `changes`, then keep `state` and send what was decided; or forget all of it.
    public static func step(
        _ state: inout ClusterState, _ events: [Event], now: Moment, random: inout some RandomNumberGenerator
    ) -> Decision {
        var step = Step(state, at: now, seed: random.next())
        step.confirmLaunches(butFor: events)
        // Who has just been heard of is not lost, and what has just been answered is not asked again.
        for event in events { step.take(event) }
        step.takeDue()
        step.settle()
        step.writeChanges()
        state = step.state
        return step.decision
    }
}
