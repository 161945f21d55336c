import OrionCore

/// A time in which nothing goes wrong and nobody changes their mind: what runs becomes what is wanted.
struct Calm {
    enum Stage {
        /// It is waited for.
        case settling
        /// It has settled; control plane and agents have been killed since. Nothing may come of it.
        case restarted(running: [ReplicaID: Int])
        /// A release that works is rolled out.
        case released(Release)
        /// One that does not is rolled out, after one that did, and has to be rolled back.
        case spoiled(Release)
        /// A machine has lost its power: what ran on it has to run elsewhere in time.
        case bereft
    }

    var stage = Stage.settling
    /// When it must have settled.
    var deadline: Int64
    /// Since when it looks settled.
    var settledSince: Int64?
    let token: Int
}
