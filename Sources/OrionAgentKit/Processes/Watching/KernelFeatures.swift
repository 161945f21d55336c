import COrionSpawn

/// What this kernel can do about process groups.
struct KernelFeatures: Sendable {
    /// Signals a group through a descriptor of its leader, dead or alive (Linux 6.9): no number can be mistaken.
    var groupSignals: Bool

    static let current = KernelFeatures(groupSignals: orion_has_pidfd_group_signal())
}
