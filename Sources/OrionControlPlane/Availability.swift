/// Whether the control plane can take changes.
public enum Availability: Hashable, Sendable {
    /// It can.
    case available
    /// It cannot for now: it starts, it stops, or the store cannot be written. What runs, runs on.
    case unavailable(reason: String)
}
